package run.algo.sdk.kafka;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Supplier;
import run.algo.sdk.ConfigurationProblem;
import run.algo.sdk.kafka.config.AlgoSettings;
import run.algo.sdk.kafka.config.EngineSettings;
import run.algo.sdk.kafka.config.MessageDataType;
import run.algo.sdk.kafka.config.OutputSettings;
import run.algo.sdk.kafka.config.OversizeAction;
import run.algo.sdk.kafka.config.StorageSettings;
import run.algo.sdk.kafka.internal.files.FileScope;
import run.algo.sdk.kafka.internal.files.InputDirectory;
import run.algo.sdk.kafka.internal.files.MeteredFileStore;
import run.algo.sdk.kafka.internal.files.Storage;
import run.algo.sdk.kafka.internal.observe.StorageCounters;
import run.algo.sdk.spi.FileStore;
import run.algo.sdk.spi.FileStoreProvider;
import run.algo.sdk.spi.FileStoreSettings;

/** Where a runner's files are, from its settings. */
final class FileSettings {

  private static final String NO_BUCKET =
      "this deployment has no bucket: set STORAGE_BUCKET_NAME, or deploymentOwner and deploymentName"
          + " of the runner config";

  private FileSettings() {}

  /** Refuses what wants storage where the module for it is missing. */
  static void check(AlgoSettings settings, List<ConfigurationProblem> problems) {
    if (provider().isPresent()) {
      return;
    }
    for (OutputSettings output : settings.outputs()) {
      if (output.dataType() == MessageDataType.FILE_REFERENCE) {
        problems.add(
            Support.missing(
                "pipes[].sourceOutputMessageDataType",
                "output " + output.name() + " is written as file references",
                "sdk-storage"));
      }
    }
    if (settings.engine().oversize() == OversizeAction.REFERENCE) {
      problems.add(
          Support.missing("ALGO_OVERSIZE", "what is too large is to go to storage", "sdk-storage"));
    }
  }

  /**
   * The runner's files.
   *
   * @param own the embedder's own store
   * @param algo name of the Algo
   * @param counters are told what is asked of the store
   */
  static FileScope scope(
      AlgoSettings settings, Optional<FileStore> own, String algo, StorageCounters counters) {
    EngineSettings engine = settings.engine();
    return new FileScope(
        own.map(store -> Storage.of(new MeteredFileStore(store, counters)))
            .orElseGet(() -> storage(settings, counters)),
        new InputDirectory(engine.inputDir()),
        engine.oversize() == OversizeAction.REFERENCE,
        algo,
        engine.memoryBudgetBytes(),
        InstantSource.system());
  }

  private static Storage storage(AlgoSettings settings, StorageCounters counters) {
    Optional<FileStoreProvider> provider = provider();
    if (provider.isEmpty()) {
      return Storage.none(
          "a payload is in storage, and module sdk-storage is not on the class path: add the"
              + " dependency <groupId>run.algo</groupId><artifactId>sdk-storage</artifactId>");
    }
    StorageSettings storage = settings.storage();
    if (storage.endpoint().isEmpty()) {
      return Storage.none(
          "this deployment has no storage: set MC_HOST_algorun to"
              + " http(s)://ACCESS:SECRET@host[:port]");
    }
    List<String> readable = settings.engine().storageReadBuckets();
    // Without a bucket of its own a deployment can still read those of others.
    Optional<String> bucket = storage.bucket().or(() -> readable.stream().findFirst());
    if (bucket.isEmpty()) {
      return Storage.none(NO_BUCKET);
    }
    FileStoreSettings opened =
        new FileStoreSettings(
            storage.endpoint().get(),
            storage.region(),
            bucket.get(),
            Set.copyOf(readable),
            settings.engine().inputDir(),
            storage
                .credentials()
                .map(
                    login ->
                        new FileStoreSettings.Credentials(
                            login.accessKey().reveal(), login.secretKey().reveal())),
            settings.engine().fileStoreOptions());
    Supplier<FileStore> opener = () -> new MeteredFileStore(provider.get().open(opened), counters);
    return storage.bucket().isPresent()
        ? Storage.opening(opener)
        : Storage.reading(opener, NO_BUCKET);
  }

  private static Optional<FileStoreProvider> provider() {
    return ServiceLoader.load(FileStoreProvider.class).findFirst();
  }
}
