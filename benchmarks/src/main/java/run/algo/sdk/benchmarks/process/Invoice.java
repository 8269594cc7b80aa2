package run.algo.sdk.benchmarks.process;

import java.util.ArrayList;
import java.util.List;

/**
 * What the Algo of typed JSON makes of an {@link Order}.
 *
 * @param order the order's number
 * @param customer who pays
 * @param pieces how many articles
 * @param shipping what their transport costs
 * @param cents what the articles cost
 * @param items the same by article
 */
record Invoice(
    String order, String customer, int pieces, double shipping, long cents, List<Item> items) {

  static final double EXPRESS = 9.5;
  static final double NORMAL = 4.25;
  private static final int CENTS = 100;

  /**
   * One article.
   *
   * @param article its name
   * @param cents what all of it costs
   */
  record Item(String article, long cents) {}

  static Invoice of(Order order) {
    int pieces = 0;
    long cents = 0;
    List<Item> items = new ArrayList<>(order.lines().size());
    for (Order.Line line : order.lines()) {
      Item item = new Item(line.article(), line.count() * Math.round(line.price() * CENTS));
      pieces += line.count();
      cents += item.cents();
      items.add(item);
    }
    double shipping = order.express() ? EXPRESS : NORMAL;
    return new Invoice(order.id(), order.customer(), pieces, shipping, cents, items);
  }
}
