package run.algo.sdk.storage;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.endpoints.Endpoint;
import software.amazon.awssdk.http.auth.spi.scheme.AuthSchemeOption;
import software.amazon.awssdk.services.s3.auth.scheme.S3AuthSchemeParams;
import software.amazon.awssdk.services.s3.auth.scheme.S3AuthSchemeProvider;
import software.amazon.awssdk.services.s3.endpoints.S3EndpointParams;
import software.amazon.awssdk.services.s3.endpoints.S3EndpointProvider;

/**
 * Where a request goes and how it is signed, found once a bucket. The AWS SDK works its rules for
 * that anew for each request; with addresses by path and an endpoint that is given they say the
 * same for all objects of a bucket. Thread-safe.
 *
 * <p>The buckets are the deployment's own and those that it may read, so what is kept stays small.
 */
final class S3Routes implements S3EndpointProvider, S3AuthSchemeProvider {

  private final S3EndpointProvider endpoints = S3EndpointProvider.defaultProvider();
  private final S3AuthSchemeProvider schemes = S3AuthSchemeProvider.defaultProvider();
  private final Map<Place, CompletableFuture<Endpoint>> knownEndpoints = new ConcurrentHashMap<>();
  private final Map<Signed, List<AuthSchemeOption>> knownSchemes = new ConcurrentHashMap<>();

  @Override
  public CompletableFuture<Endpoint> resolveEndpoint(S3EndpointParams params) {
    Place place =
        new Place(
            params.bucket(), params.useS3ExpressControlEndpoint(), params.disableAccessPoints());
    CompletableFuture<Endpoint> known = knownEndpoints.get(place);
    if (known != null) {
      return known;
    }
    CompletableFuture<Endpoint> found = endpoints.resolveEndpoint(params);
    if (found.isDone() && !found.isCompletedExceptionally()) {
      knownEndpoints.put(place, found);
    }
    return found;
  }

  @Override
  public List<AuthSchemeOption> resolveAuthScheme(S3AuthSchemeParams params) {
    Signed signed = new Signed(params.operation(), params.bucket());
    List<AuthSchemeOption> known = knownSchemes.get(signed);
    if (known == null) {
      known = List.copyOf(schemes.resolveAuthScheme(params));
      knownSchemes.put(signed, known);
    }
    return known;
  }

  /** What of a request's parameters differs within one client and decides where it goes. */
  private record Place(
      @Nullable String bucket, @Nullable Boolean control, @Nullable Boolean noAccessPoints) {}

  /** The same for how it is signed. */
  private record Signed(String operation, @Nullable String bucket) {}
}
