package run.algo.sdk.benchmarks.process;

import java.util.List;

/**
 * A value of typed JSON.
 *
 * @param id its number
 * @param customer who has ordered
 * @param placedAt when, in milliseconds since 1970
 * @param express whether it is in a hurry
 * @param lines what was ordered
 */
record Order(String id, String customer, long placedAt, boolean express, List<Line> lines) {

  /**
   * One article.
   *
   * @param article its name
   * @param count how many
   * @param price of one, with two decimals
   * @param unit what is counted
   */
  record Line(String article, int count, double price, String unit) {}
}
