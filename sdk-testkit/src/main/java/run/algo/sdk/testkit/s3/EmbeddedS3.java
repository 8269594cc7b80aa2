package run.algo.sdk.testkit.s3;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import javax.net.ServerSocketFactory;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import org.jspecify.annotations.Nullable;
import run.algo.sdk.spi.FileStoreSettings;
import run.algo.sdk.spi.FileStoreSettings.Credentials;
import run.algo.sdk.testkit.tls.TestCertificates;

/**
 * S3 inside this process: S3Proxy over memory or a folder, ready in about a second, that fails on
 * demand.
 *
 * <pre>{@code
 * try (EmbeddedS3 s3 = EmbeddedS3.start()) {
 *   s3.addFault(S3Fault.error(503).rate(0.2));
 *   Map<String, String> environment = Map.of("MC_HOST_algorun", s3.connectionString());
 * }
 * }</pre>
 *
 * <p>It listens on 127.0.0.1 only. In memory it keeps any keys, as S3 does; in a folder a key
 * cannot be another one's folder, a part of it has at most 255 bytes, and the file system must keep
 * extended attributes. Tags are kept in memory, for whatever was written since the start. It needs
 * {@code org.gaul:s3proxy} on the class path, whose log goes to SLF4J.
 *
 * <p>Thread-safe.
 *
 * @since 0.1.0
 */
public final class EmbeddedS3 implements AutoCloseable {

  private static final String ACCESS_KEY = "embedded-access";
  private static final String SECRET_KEY = "embedded/secret+key#1";
  private static final String REGION = "us-east-1";

  private final BlobStore blobs;
  private final S3Proxy proxy;
  private final ServerSocketFactory sockets;
  private final boolean tls;
  private final boolean anonymous;
  private final Faults faults;
  private final ObjectTags tags = new ObjectTags();
  private final int port;
  private @Nullable S3Gate gate;
  private boolean closed;

  private EmbeddedS3(Builder builder) {
    Path directory = builder.directory;
    blobs =
        directory == null
            ? new FlatKeys(new TransientNio2BlobStore())
            : new FilesystemNio2BlobStore(directory.toString());
    TestCertificates certificates = builder.certificates;
    tls = certificates != null;
    sockets =
        certificates == null ? ServerSocketFactory.getDefault() : ServerTls.sockets(certificates);
    anonymous = builder.anonymous;
    faults = new Faults(builder.seed);
    S3Proxy.Builder server =
        S3Proxy.builder()
            .blobStore(blobs)
            .endpoint(URI.create("http://127.0.0.1:0"))
            // A test is over when it is over: idle connections are not waited for.
            .stopTimeout(0)
            // It keeps no tags: see ObjectTags.
            .ignoreUnknownHeaders(true);
    if (!anonymous) {
      server.awsAuthentication(AuthenticationType.AWS_V2_OR_V4, ACCESS_KEY, SECRET_KEY);
    }
    proxy = server.build();
    try {
      proxy.start();
      S3Gate opened = S3Gate.open(sockets, 0, proxy.getPort(), faults, tags);
      port = opened.port();
      gate = opened;
    } catch (Exception e) {
      throw new IllegalStateException("The embedded S3 does not start", e);
    }
  }

  /**
   * Starts one in memory, with credentials.
   *
   * @return the server, serving
   * @throws IllegalStateException when it does not start
   */
  public static EmbeddedS3 start() {
    return builder().start();
  }

  /**
   * Returns a builder with the defaults.
   *
   * @return in memory, with credentials, without TLS
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns where it listens.
   *
   * @return {@code http(s)://127.0.0.1:port}; the same after a stop and a restart
   */
  public URI endpoint() {
    return URI.create((tls ? "https" : "http") + "://127.0.0.1:" + port);
  }

  /**
   * Returns the endpoint with the credentials in it, as the operator writes it.
   *
   * @return {@code http(s)://ACCESS:SECRET@127.0.0.1:port}; the secret holds characters that a URI
   *     would escape
   */
  public String connectionString() {
    String login = anonymous ? "" : ACCESS_KEY + ":" + SECRET_KEY + "@";
    return (tls ? "https://" : "http://") + login + "127.0.0.1:" + port;
  }

  /**
   * Returns the only credentials that it lets in.
   *
   * @return the key pair, empty when everybody is let in
   */
  public Optional<Credentials> credentials() {
    return anonymous ? Optional.empty() : Optional.of(new Credentials(ACCESS_KEY, SECRET_KEY));
  }

  /**
   * Returns settings of a store on it.
   *
   * @param bucket the store's bucket, there or not
   * @param inputDirectory folder that files are delivered under
   * @return settings with the default options
   */
  public FileStoreSettings settings(String bucket, Path inputDirectory) {
    return new FileStoreSettings(
        endpoint(), REGION, bucket, Set.of(), inputDirectory, credentials());
  }

  /**
   * Lets something go wrong from now on.
   *
   * @param fault what
   */
  public void addFault(S3Fault fault) {
    faults.add(Objects.requireNonNull(fault, "fault"));
  }

  /** Ends all faults; a request that one has begun with still ends by it. */
  public void clearFaults() {
    faults.clear();
  }

  /**
   * Counts requests since the start, those that failed included.
   *
   * @param kind what they asked for
   * @return how many there were
   */
  public long requests(S3RequestKind kind) {
    return faults.count(kind);
  }

  /**
   * Lists the multipart uploads that are neither completed nor aborted.
   *
   * @param bucket their bucket
   * @return the keys, none when there is no such bucket
   */
  public List<String> openUploads(String bucket) {
    if (!blobs.containerExists(bucket)) {
      return List.of();
    }
    return blobs.listMultipartUploads(bucket).stream().map(upload -> upload.key()).toList();
  }

  /**
   * Tells whether a bucket is there.
   *
   * @param bucket its name
   * @return whether it is
   */
  public boolean hasBucket(String bucket) {
    return blobs.containerExists(bucket);
  }

  /**
   * Creates a bucket, unless it is there.
   *
   * @param bucket its name
   */
  public void createBucket(String bucket) {
    if (!blobs.containerExists(bucket)) {
      blobs.createContainer(bucket);
    }
  }

  /** Closes all connections and accepts no more; what is stored stays. */
  public synchronized void stop() {
    S3Gate open = gate;
    gate = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        throw new IllegalStateException("The embedded S3 does not stop", e);
      }
    }
  }

  /**
   * Listens again after a {@link #stop()}; does nothing when it does listen.
   *
   * @throws IllegalStateException when its port was taken meanwhile, or after {@link #close()}
   */
  public synchronized void restart() {
    if (closed) {
      throw new IllegalStateException("the embedded S3 is closed");
    }
    if (gate == null) {
      try {
        gate = S3Gate.open(sockets, port, proxy.getPort(), faults, tags);
      } catch (IOException e) {
        throw new IllegalStateException("The embedded S3 does not start again", e);
      }
    }
  }

  /** Stops it; what is in memory is gone. A second call does nothing. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    stop();
    try {
      proxy.stop();
    } catch (Exception e) {
      throw new IllegalStateException("The embedded S3 does not stop", e);
    } finally {
      blobs.close();
    }
  }

  /**
   * Builds an {@link EmbeddedS3}.
   *
   * @since 0.1.0
   */
  public static final class Builder {
    private @Nullable Path directory;
    private @Nullable TestCertificates certificates;
    private boolean anonymous;
    private long seed = 1;

    private Builder() {}

    /**
     * Keeps the objects as files, so that they may be larger than the memory.
     *
     * @param folder an existing folder; the objects stay in it
     * @return this builder
     */
    public Builder directory(Path folder) {
      directory = Objects.requireNonNull(folder, "folder");
      return this;
    }

    /**
     * Serves https.
     *
     * @param authority issuer of its certificate; a client trusts {@link TestCertificates#caFile()}
     * @return this builder
     */
    public Builder certificates(TestCertificates authority) {
      certificates = Objects.requireNonNull(authority, "authority");
      return this;
    }

    /**
     * Lets everybody in.
     *
     * @return this builder
     */
    public Builder anonymous() {
      anonymous = true;
      return this;
    }

    /**
     * Draws which requests a fault with a rate concerns.
     *
     * @param value the same value draws the same, as far as the requests come in the same order
     * @return this builder
     */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /**
     * Starts it.
     *
     * @return the server, serving
     * @throws IllegalStateException when it does not start
     */
    public EmbeddedS3 start() {
      return new EmbeddedS3(this);
    }
  }
}
