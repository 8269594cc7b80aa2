package run.algo.sdk.storage;

import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.utils.AttributeMap;

/** An HTTP client whose requests the limits know of. Thread-safe, as the one beneath. */
final class LimitedHttpClient implements SdkHttpClient {

  private final SdkHttpClient client;
  private final RequestLimits limits;

  private LimitedHttpClient(SdkHttpClient client, RequestLimits limits) {
    this.client = client;
    this.limits = limits;
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    ExecutableHttpRequest prepared = client.prepareRequest(request);
    limits.makes(prepared);
    return prepared;
  }

  @Override
  public String clientName() {
    return client.clientName();
  }

  @Override
  public void close() {
    client.close();
  }

  /** Builds it with what the AWS SDK wants of it. */
  static final class Builder implements SdkHttpClient.Builder<Builder> {

    private final SdkHttpClient.Builder<?> client;
    private final RequestLimits limits;

    Builder(SdkHttpClient.Builder<?> client, RequestLimits limits) {
      this.client = client;
      this.limits = limits;
    }

    @Override
    public SdkHttpClient buildWithDefaults(AttributeMap defaults) {
      return new LimitedHttpClient(client.buildWithDefaults(defaults), limits);
    }
  }
}
