package run.algo.sdk.architecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.net.URL;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The SDK's modules and the classes that each of them holds. */
final class Modules {

  static final String API = "sdk-api";
  static final String KAFKA = "sdk-kafka";
  static final String RETRY = "sdk-retry";
  static final String STORAGE = "sdk-storage";
  static final String TESTKIT = "sdk-testkit";

  static final List<String> NAMES = List.of(API, KAFKA, RETRY, STORAGE, TESTKIT);

  /** A class of each module, to find the folder or jar that Maven put on the class path for it. */
  private static final Map<String, String> ANCHORS =
      Map.of(
          API, "run.algo.sdk.Algo",
          KAFKA, "run.algo.sdk.kafka.config.AlgoSettings",
          RETRY, "run.algo.sdk.retry.StepRetryPolicyProvider",
          STORAGE, "run.algo.sdk.storage.ReferenceRules",
          TESTKIT, "run.algo.sdk.testkit.InMemoryFileStore");

  private final JavaClasses classes;
  private final Map<String, String> moduleOf;

  private Modules(JavaClasses classes, Map<String, String> moduleOf) {
    this.classes = classes;
    this.moduleOf = moduleOf;
  }

  /** The main classes of the modules as they are built. */
  static Modules built() {
    Map<String, URL> locations = new LinkedHashMap<>();
    NAMES.forEach(name -> locations.put(name, location(name)));
    JavaClasses classes = new ClassFileImporter().importUrls(locations.values());
    Map<String, String> moduleOf = new TreeMap<>();
    for (JavaClass type : classes) {
      String source = type.getSource().orElseThrow().getUri().toString();
      locations.forEach(
          (name, url) -> {
            if (source.contains(url.getPath())) {
              moduleOf.put(type.getName(), name);
            }
          });
    }
    return new Modules(classes, moduleOf);
  }

  /** Planted classes: a package below the given one stands for each module. */
  static Modules planted(String basePackage) {
    JavaClasses classes = new ClassFileImporter().importPackages(basePackage);
    Map<String, String> moduleOf = new TreeMap<>();
    for (JavaClass type : classes) {
      String below = type.getPackageName().substring(basePackage.length() + 1);
      moduleOf.put(type.getName(), "sdk-" + below.split("\\.", 2)[0]);
    }
    return new Modules(classes, moduleOf);
  }

  /** The folder or jar of a module's main classes. */
  static URL location(String module) {
    String anchor = ANCHORS.get(module);
    try {
      return Class.forName(anchor, false, Modules.class.getClassLoader())
          .getProtectionDomain()
          .getCodeSource()
          .getLocation();
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(
          module + " has no class " + anchor + " any more: name another one in " + Modules.class,
          e);
    }
  }

  /** The same as a path. */
  static Path path(String module) throws Exception {
    return Path.of(location(module).toURI());
  }

  JavaClasses classes() {
    return classes;
  }

  int size(String module) {
    return Collections.frequency(moduleOf.values(), module);
  }

  DescribedPredicate<JavaClass> in(String... modules) {
    Set<String> wanted = Set.of(modules);
    return DescribedPredicate.describe(
        "are in " + String.join(" or ", modules),
        type -> wanted.contains(moduleOf.get(baseName(type))));
  }

  /** Classes of the modules that are in none of those named. */
  DescribedPredicate<JavaClass> outside(String... modules) {
    Set<String> wanted = Set.of(modules);
    return DescribedPredicate.describe(
        "are in a module besides " + String.join(" and ", modules),
        type -> {
          String module = moduleOf.get(baseName(type));
          return module != null && !wanted.contains(module);
        });
  }

  /** Packages that more than one module has classes in. */
  Map<String, Set<String>> sharedPackages() {
    return sharedPackages(moduleOf);
  }

  static Map<String, Set<String>> sharedPackages(Map<String, String> moduleOf) {
    Map<String, Set<String>> modulesOf = new TreeMap<>();
    moduleOf.forEach(
        (type, module) ->
            modulesOf
                .computeIfAbsent(type.substring(0, type.lastIndexOf('.')), name -> new TreeSet<>())
                .add(module));
    modulesOf.values().removeIf(modules -> modules.size() == 1);
    return modulesOf;
  }

  private static String baseName(JavaClass type) {
    return type.getBaseComponentType().getName();
  }
}
