package run.algo.sdk.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The design, held against the modules as they are built. */
class ArchitectureTest {

  private static final Modules MODULES = Modules.built();

  @Test
  void everyModuleIsSeen() {
    // A rule over no classes holds; this notices when the class path hides a module.
    assertThat(Modules.NAMES).allSatisfy(name -> assertThat(MODULES.size(name)).isPositive());
  }

  @Test
  void theModulesFormAStar() {
    check(SdkRules.star(MODULES));
  }

  @Test
  void kafkaIsTheEnginesAffair() {
    check(List.of(SdkRules.noKafkaBesideTheEngine(MODULES)));
  }

  @Test
  void internalPackagesAreUsedOnlyInsideTheirModule() {
    check(SdkRules.internalStaysInside(MODULES));
  }

  @Test
  void packagesFormNoCycles() {
    check(List.of(SdkRules.noPackageCycles()));
  }

  @Test
  void noPackageIsSpreadOverModules() {
    assertThat(MODULES.sharedPackages()).isEmpty();
  }

  @Test
  void nothingIsPrintedPastTheLog() {
    check(List.of(SdkRules.noPrinting(MODULES)));
  }

  private static void check(List<ArchRule> rules) {
    rules.forEach(rule -> rule.allowEmptyShould(true).check(MODULES.classes()));
  }
}
