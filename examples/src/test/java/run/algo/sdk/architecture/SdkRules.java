package run.algo.sdk.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static run.algo.sdk.architecture.Modules.API;
import static run.algo.sdk.architecture.Modules.KAFKA;
import static run.algo.sdk.architecture.Modules.NAMES;
import static run.algo.sdk.architecture.Modules.RETRY;
import static run.algo.sdk.architecture.Modules.STORAGE;
import static run.algo.sdk.architecture.Modules.TESTKIT;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.ArrayList;
import java.util.List;

/** The rules of the design, each as ArchUnit puts it, for any set of modules. */
final class SdkRules {

  private SdkRules() {}

  /** sdk-api stands alone; every other module knows sdk-api and itself. */
  static List<ArchRule> star(Modules modules) {
    List<ArchRule> rules = new ArrayList<>();
    rules.add(mayDependOn(modules, API));
    for (String module : List.of(KAFKA, RETRY, STORAGE, TESTKIT)) {
      rules.add(mayDependOn(modules, module, API));
    }
    return rules;
  }

  private static ArchRule mayDependOn(Modules modules, String module, String... others) {
    String[] allowed = new String[others.length + 1];
    allowed[0] = module;
    System.arraycopy(others, 0, allowed, 1, others.length);
    return noClasses()
        .that(modules.in(module))
        .should()
        .dependOnClassesThat(modules.outside(allowed))
        .because("the modules form a star around sdk-api: a need of two of them is a port there");
  }

  static ArchRule noKafkaBesideTheEngine(Modules modules) {
    return noClasses()
        .that(modules.in(API, RETRY, STORAGE))
        .should()
        .dependOnClassesThat(resideInAPackage("org.apache.kafka.."))
        .because("an author's Algo, the retry rules and the storage work without a broker");
  }

  static List<ArchRule> internalStaysInside(Modules modules) {
    List<ArchRule> rules = new ArrayList<>();
    for (String module : NAMES) {
      DescribedPredicate<JavaClass> internalsOfOthers =
          describe(
              "are internal to another module",
              type ->
                  type.getBaseComponentType().getPackageName().matches(".*\\.internal(\\..*)?")
                      && modules.outside(module).test(type));
      rules.add(
          noClasses().that(modules.in(module)).should().dependOnClassesThat(internalsOfOthers));
    }
    return rules;
  }

  /** Each package is a slice of its own, a package and one below it included. */
  static ArchRule noPackageCycles() {
    return slices()
        .assignedFrom(
            new SliceAssignment() {
              @Override
              public SliceIdentifier getIdentifierOf(JavaClass type) {
                return type.getPackageName().startsWith("run.algo.sdk")
                    ? SliceIdentifier.of(type.getPackageName())
                    : SliceIdentifier.ignore();
              }

              @Override
              public String getDescription() {
                return "packages";
              }
            })
        .namingSlices("package $1")
        .should()
        .beFreeOfCycles();
  }

  /**
   * A library logs; only a tool that is started by its own main method may print. Standard error is
   * left out: a start-up error is written there by the process that ends with it.
   */
  static ArchRule noPrinting(Modules modules) {
    DescribedPredicate<JavaClass> tools =
        modules
            .in(TESTKIT)
            .and(
                describe(
                    "have a main method, or tell a build what its tests run on",
                    type ->
                        type.tryGetMethod("main", String[].class).isPresent()
                            || type.getSimpleName().equals("DockerExtension")));
    return noClasses()
        .that(DescribedPredicate.not(tools))
        .should()
        .accessField(System.class, "out")
        .orShould()
        .callMethodWhere(
            describe(
                "prints a stack trace to the console",
                call ->
                    call.getTarget().getName().equals("printStackTrace")
                        && call.getTarget().getRawParameterTypes().isEmpty()));
  }
}
