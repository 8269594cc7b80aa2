package run.algo.sdk.storage;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import run.algo.sdk.spi.FileStoreSettings;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Builds the client. Everything that decides where a request goes and who signs it comes from the
 * settings; nothing from the files and variables that the AWS SDK would look into.
 */
final class S3Clients {

  private static final int MAX_CONNECTIONS = 256;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration SOCKET_TIMEOUT = Duration.ofSeconds(30);

  private S3Clients() {}

  static S3Client open(FileStoreSettings settings, RequestLimits limits) {
    Apache5HttpClient.Builder http =
        Apache5HttpClient.builder()
            .maxConnections(MAX_CONNECTIONS)
            .connectionTimeout(CONNECT_TIMEOUT)
            .connectionAcquisitionTimeout(SOCKET_TIMEOUT)
            .socketTimeout(SOCKET_TIMEOUT)
            .tcpKeepAlive(true)
            // It would ask before every body; S3Configuration asks from 1 MiB on, where it pays.
            .expectContinueEnabled(false);
    settings
        .options()
        .caFile()
        .map(S3Clients::trustManagers)
        .ifPresent(trusted -> http.tlsTrustManagersProvider(() -> trusted));
    ProfileFile noProfiles = ProfileFile.aggregator().build();
    S3Routes routes = new S3Routes();
    return S3Client.builder()
        .endpointProvider(routes)
        .authSchemeProvider(routes)
        .endpointOverride(endpoint(settings.endpoint()))
        .region(Region.of(settings.region()))
        .credentialsProvider(credentials(settings))
        .forcePathStyle(true)
        .crossRegionAccessEnabled(false)
        .disableS3ExpressSessionAuth(true)
        // Newer defaults send checksums that compatible stores refuse.
        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
        // The body as it is, of known length: what every compatible store takes.
        .serviceConfiguration(s3 -> s3.chunkedEncodingEnabled(false).profileFile(noProfiles))
        .overrideConfiguration(
            client ->
                client
                    .retryStrategy(DefaultRetryStrategy.doNotRetry())
                    .defaultProfileFile(noProfiles)
                    .defaultProfileName("none"))
        .httpClientBuilder(new LimitedHttpClient.Builder(http, limits))
        .build();
  }

  private static URI endpoint(URI endpoint) {
    String scheme = endpoint.getScheme();
    if (!"http".equalsIgnoreCase(scheme) && !"https".equalsIgnoreCase(scheme)) {
      throw new IllegalArgumentException("the storage endpoint begins with http:// or https://");
    }
    String path = endpoint.getRawPath();
    if ((path != null && !path.isEmpty() && !path.equals("/"))
        || endpoint.getRawQuery() != null
        || endpoint.getRawFragment() != null) {
      throw new IllegalArgumentException("the storage endpoint has nothing behind its host");
    }
    return endpoint;
  }

  private static AwsCredentialsProvider credentials(FileStoreSettings settings) {
    return settings
        .credentials()
        .<AwsCredentialsProvider>map(
            login ->
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(login.accessKey(), login.secretKey())))
        .orElseGet(AnonymousCredentialsProvider::create);
  }

  private static TrustManager[] trustManagers(Path caFile) {
    try (InputStream in = Files.newInputStream(caFile)) {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      int number = 0;
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        trusted.setCertificateEntry("ca-" + number++, certificate);
      }
      if (number == 0) {
        throw new IllegalArgumentException(
            "caFile of the file store, " + caFile + ", holds no certificate");
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(trusted);
      return factory.getTrustManagers();
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "caFile of the file store, " + caFile + ", is no readable PEM file of certificates", e);
    }
  }
}
