package run.algo.sdk.kafka.internal.engine;

import java.lang.reflect.Proxy;
import run.algo.sdk.spi.ParkingIndex;

/** The bugs of {@link Plant} that are in an index of parked records. */
final class PlantedParking {

  private PlantedParking() {}

  static ParkingIndex in(Plant plant, ParkingIndex real) {
    if (plant != Plant.DORMANT_NOT_KEPT_BACK) {
      return real;
    }
    return (ParkingIndex)
        Proxy.newProxyInstance(
            PlantedParking.class.getClassLoader(),
            new Class<?>[] {ParkingIndex.class},
            (proxy, method, arguments) ->
                method.getName().equals("open")
                    ? method.invoke(real, Long.MAX_VALUE)
                    : method.invoke(real, arguments));
  }
}
