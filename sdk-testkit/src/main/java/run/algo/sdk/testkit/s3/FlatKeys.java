package run.algo.sdk.testkit.s3;

import java.util.List;
import java.util.stream.Collectors;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.Part;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * To S3 a slash is a letter: {@code a/b} and {@code a/b/c} are two objects. To the server, which
 * keeps them as files, the first would be a file and a folder; so it sees no slash.
 */
final class FlatKeys extends ForwardingBlobStore {

  /** For private use, says Unicode; here for this one. */
  private static final char STANDS_FOR_SLASH = '\uE02F';

  FlatKeys(BlobStore delegate) {
    super(delegate);
  }

  private static @Nullable String flat(@Nullable String key) {
    return key == null ? null : key.replace('/', STANDS_FOR_SLASH);
  }

  private static @Nullable String key(@Nullable String flat) {
    return flat == null ? null : flat.replace(STANDS_FOR_SLASH, '/');
  }

  @Override
  public ListObjectsV2Response list(ListObjectsV2Request request) {
    ListObjectsV2Response found =
        super.list(
            request.toBuilder()
                .prefix(flat(request.prefix()))
                .delimiter(flat(request.delimiter()))
                .startAfter(flat(request.startAfter()))
                .continuationToken(flat(request.continuationToken()))
                .build());
    return found.toBuilder()
        .prefix(key(found.prefix()))
        .delimiter(key(found.delimiter()))
        .startAfter(key(found.startAfter()))
        .continuationToken(key(found.continuationToken()))
        .nextContinuationToken(key(found.nextContinuationToken()))
        .contents(
            found.contents().stream()
                .map(object -> object.toBuilder().key(key(object.key())).build())
                .collect(Collectors.toList()))
        .commonPrefixes(
            found.commonPrefixes().stream()
                .map(common -> common.toBuilder().prefix(key(common.prefix())).build())
                .collect(Collectors.toList()))
        .build();
  }

  @Override
  public boolean blobExists(String bucket, String key) {
    return super.blobExists(bucket, key.replace('/', STANDS_FOR_SLASH));
  }

  @Override
  public PutObjectResponse putBlob(PutObjectRequest request, java.io.InputStream content) {
    return super.putBlob(request.toBuilder().key(flat(request.key())).build(), content);
  }

  @Override
  public HeadObjectResponse blobMetadata(HeadObjectRequest request) {
    return super.blobMetadata(request.toBuilder().key(flat(request.key())).build());
  }

  @Override
  public ResponseInputStream<GetObjectResponse> getBlob(GetObjectRequest request) {
    return super.getBlob(request.toBuilder().key(flat(request.key())).build());
  }

  @Override
  public DeleteObjectResponse removeBlob(DeleteObjectRequest request) {
    return super.removeBlob(request.toBuilder().key(flat(request.key())).build());
  }

  @Override
  public MultipartUpload initiateMultipartUpload(CreateMultipartUploadRequest request) {
    MultipartUpload begun =
        super.initiateMultipartUpload(request.toBuilder().key(flat(request.key())).build());
    return new MultipartUpload(begun.id(), request, begun.response());
  }

  private static MultipartUpload flat(MultipartUpload upload) {
    CreateMultipartUploadRequest request = upload.request();
    return new MultipartUpload(
        upload.id(), request.toBuilder().key(flat(request.key())).build(), upload.response());
  }

  @Override
  public void abortMultipartUpload(MultipartUpload upload) {
    super.abortMultipartUpload(flat(upload));
  }

  @Override
  public CompleteMultipartUploadResponse completeMultipartUpload(
      MultipartUpload upload, CompleteMultipartUploadRequest request) {
    return super.completeMultipartUpload(
        flat(upload), request.toBuilder().key(flat(request.key())).build());
  }

  @Override
  public UploadPartResponse uploadMultipartPart(
      MultipartUpload upload, UploadPartRequest request, java.io.InputStream content) {
    return super.uploadMultipartPart(
        flat(upload), request.toBuilder().key(flat(request.key())).build(), content);
  }

  @Override
  public List<Part> listMultipartUpload(MultipartUpload upload) {
    return super.listMultipartUpload(flat(upload));
  }

  @Override
  public List<software.amazon.awssdk.services.s3.model.MultipartUpload> listMultipartUploads(
      String bucket) {
    return super.listMultipartUploads(bucket).stream()
        .map(upload -> upload.toBuilder().key(key(upload.key())).build())
        .collect(Collectors.toList());
  }
}
