package run.algo.sdk.benchmarks.storage;

import java.time.Duration;
import run.algo.sdk.benchmarks.storage.StorageArm.Api;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.crt.AwsCrtAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3BaseClientBuilder;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The clients of the AWS SDK, set as the file store sets its own: addresses by path, checksums
 * where they are required only, bodies that are sent whole.
 */
final class RawClients {

  /** As the file store's own parts, so that what is in flight is the same. */
  private static final long PART = 8 << 20;

  private static final int PARTS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private RawClients() {}

  /** One request an object. */
  static S3AsyncClient async(S3Address address, Api api, int concurrency) {
    return set(S3AsyncClient.builder(), address).httpClient(http(api, concurrency)).build();
  }

  private static SdkAsyncHttpClient http(Api api, int concurrency) {
    return switch (api) {
      case NETTY ->
          NettyNioAsyncHttpClient.builder()
              .maxConcurrency(concurrency)
              .connectionAcquisitionTimeout(PATIENCE)
              .build();
      case CRT ->
          AwsCrtAsyncHttpClient.builder()
              .maxConcurrency(concurrency)
              .connectionAcquisitionTimeout(PATIENCE)
              .build();
      default -> throw new IllegalArgumentException(api + " is no asynchronous client");
    };
  }

  static S3Client blocking(S3Address address, int concurrency) {
    return set(S3Client.builder(), address)
        .httpClient(Apache5HttpClient.builder().maxConnections(concurrency).build())
        .build();
  }

  /** A large object in parts. */
  static S3AsyncClient multipart(S3Address address, Api api) {
    if (api == Api.CRT) {
      return S3AsyncClient.crtBuilder()
          .endpointOverride(address.endpoint())
          .region(Region.of(S3Address.REGION))
          .credentialsProvider(credentials(address))
          .forcePathStyle(true)
          .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
          .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
          .minimumPartSizeInBytes(PART)
          .initialReadBufferSizeInBytes(PART * PARTS)
          .maxConcurrency(PARTS)
          .build();
    }
    return set(S3AsyncClient.builder(), address)
        .httpClient(http(api, PARTS))
        .multipartEnabled(true)
        .multipartConfiguration(
            parts -> parts.minimumPartSizeInBytes(PART).apiCallBufferSizeInBytes(PART * PARTS))
        .build();
  }

  private static <B extends S3BaseClientBuilder<B, ?>> B set(B builder, S3Address address) {
    return builder
        .endpointOverride(address.endpoint())
        .region(Region.of(S3Address.REGION))
        .credentialsProvider(credentials(address))
        .forcePathStyle(true)
        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
        .serviceConfiguration(s3 -> s3.chunkedEncodingEnabled(false));
  }

  private static StaticCredentialsProvider credentials(S3Address address) {
    return StaticCredentialsProvider.create(
        AwsBasicCredentials.create(address.login().accessKey(), address.login().secretKey()));
  }
}
