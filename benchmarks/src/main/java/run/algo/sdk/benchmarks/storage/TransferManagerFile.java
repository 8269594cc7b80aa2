package run.algo.sdk.benchmarks.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.BlockingOutputStreamAsyncRequestBody;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.transfer.s3.S3TransferManager;
import software.amazon.awssdk.transfer.s3.model.DownloadRequest;
import software.amazon.awssdk.transfer.s3.model.Upload;

/**
 * The transfer manager of the AWS SDK. It is told a stream's length, which the store is not.
 *
 * <p>Over Netty it reads by part numbers, which not every store knows, the embedded one among them:
 * there it reads with a client that is not set to parts.
 */
final class TransferManagerFile implements LargeClient {

  private final S3AsyncClient client;
  private final S3TransferManager manager;
  private final S3AsyncClient readingClient;
  private final S3TransferManager reading;

  TransferManagerFile(S3Address address, StorageArm.Api api) {
    client = RawClients.multipart(address, api);
    manager = S3TransferManager.builder().s3Client(client).build();
    readingClient = api == StorageArm.Api.NETTY ? RawClients.async(address, api, 1) : client;
    reading = S3TransferManager.builder().s3Client(readingClient).build();
  }

  private static PutObjectRequest put(String key) {
    return PutObjectRequest.builder()
        .bucket(S3Address.BUCKET)
        .key(key)
        .tagging(Tags.of(SmallJob.TAGS))
        .build();
  }

  private static GetObjectRequest get(String key) {
    return GetObjectRequest.builder().bucket(S3Address.BUCKET).key(key).build();
  }

  @Override
  public void write(String key, Content content) throws IOException {
    BlockingOutputStreamAsyncRequestBody body =
        AsyncRequestBody.forBlockingOutputStream(content.size());
    Upload upload = manager.upload(u -> u.putObjectRequest(put(key)).requestBody(body));
    try (InputStream in = content.open();
        OutputStream out = body.outputStream()) {
      in.transferTo(out);
    }
    upload.completionFuture().join();
  }

  @Override
  public void write(String key, Path file) {
    manager.uploadFile(u -> u.putObjectRequest(put(key)).source(file)).completionFuture().join();
  }

  @Override
  public void read(String key, Content expected) throws IOException {
    DownloadRequest<ResponseInputStream<GetObjectResponse>> request =
        DownloadRequest.builder()
            .getObjectRequest(get(key))
            .responseTransformer(
                AsyncResponseTransformer.<GetObjectResponse>toBlockingInputStream())
            .build();
    Content.Checker checker = expected.checker();
    try (InputStream in = reading.download(request).completionFuture().join().result()) {
      in.transferTo(checker);
    }
    checker.finish();
  }

  @Override
  public void read(String key, Path file) {
    reading
        .downloadFile(d -> d.getObjectRequest(get(key)).destination(file))
        .completionFuture()
        .join();
  }

  @Override
  public void close() {
    reading.close();
    manager.close();
    readingClient.close();
    client.close();
  }
}
