package run.algo.sdk.testkit.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.PullResponseItem;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.dockerclient.DockerClientProviderStrategy;
import org.testcontainers.utility.DockerImageName;

/**
 * The engine that Testcontainers finds. It is asked past Testcontainers' own client: that one would
 * first pull an image of its own, and try to for minutes where there is no registry.
 */
final class LocalEngine implements Engine {

  private final DockerClient client;

  private LocalEngine(DockerClient client) {
    this.client = client;
  }

  /**
   * Finds it.
   *
   * @throws IllegalStateException when none answers
   */
  static LocalEngine find() {
    DockerClient client =
        DockerClientProviderStrategy.getClientForConfig(
            DockerClientFactory.instance().getTransportConfig());
    try {
      client.pingCmd().exec();
    } catch (RuntimeException e) {
      throw new IllegalStateException("it does not answer: " + e.getMessage(), e);
    }
    return new LocalEngine(client);
  }

  @Override
  public boolean has(String image) {
    try {
      client.inspectImageCmd(image).exec();
      return true;
    } catch (NotFoundException e) {
      return false;
    }
  }

  @Override
  public void pull(String image, Duration silence) throws IOException {
    DockerImageName name = DockerImageName.parse(image);
    Progress progress = new Progress();
    try {
      client
          .pullImageCmd(name.getUnversionedPart())
          .withTag(name.getVersionPart())
          .exec(progress.callback());
      while (!progress.over.await(200, TimeUnit.MILLISECONDS)) {
        if (progress.nanosSinceLast() > silence.toNanos()) {
          throw new SilentRegistryException(silence);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while pulling " + image);
    } catch (RuntimeException e) {
      throw new IOException(e.getMessage(), e);
    } finally {
      progress.close();
    }
    if (!has(image)) {
      throw new IOException(progress.failure);
    }
  }

  /**
   * Notes what comes of a pull. A proxy implements the callback, so that no class of the test kit
   * needs Testcontainers, which is optional, merely to be loaded.
   */
  private static final class Progress implements InvocationHandler {

    private final CountDownLatch over = new CountDownLatch(1);
    private volatile long last = System.nanoTime();
    private volatile String failure = "it has not come";
    private volatile @Nullable Closeable connection;

    @SuppressWarnings("unchecked") // the proxy gets what the interface is given
    ResultCallback<PullResponseItem> callback() {
      return (ResultCallback<PullResponseItem>)
          Proxy.newProxyInstance(
              ResultCallback.class.getClassLoader(), new Class<?>[] {ResultCallback.class}, this);
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
        throws Throwable {
      if (method.getDeclaringClass() == Object.class) {
        return method.invoke(this, arguments);
      }
      last = System.nanoTime();
      Object first = arguments == null ? null : arguments[0];
      if (first instanceof Closeable opened) {
        connection = opened;
      } else if (first instanceof Throwable thrown) {
        failure = String.valueOf(thrown.getMessage());
        over.countDown();
      } else if (first instanceof PullResponseItem item && item.getErrorDetail() != null) {
        failure = String.valueOf(item.getErrorDetail().getMessage());
      } else if (method.getName().equals("onComplete")) {
        over.countDown();
      }
      return null;
    }

    long nanosSinceLast() {
      return System.nanoTime() - last;
    }

    void close() throws IOException {
      Closeable opened = connection;
      if (opened != null) {
        opened.close();
      }
    }
  }
}
