package run.algo.sdk.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import run.algo.sdk.spi.RetryPolicyProvider;
import run.algo.sdk.testkit.contract.RetryPolicyContract;

class StepRetryPolicyTest extends RetryPolicyContract {

  @Override
  protected RetryPolicyProvider provider() {
    return ServiceLoader.load(RetryPolicyProvider.class).findFirst().orElseThrow();
  }

  @Test
  void theServiceLoaderFindsThisModulesProviderAlone() {
    assertThat(ServiceLoader.load(RetryPolicyProvider.class))
        .singleElement()
        .isInstanceOf(StepRetryPolicyProvider.class);
  }
}
