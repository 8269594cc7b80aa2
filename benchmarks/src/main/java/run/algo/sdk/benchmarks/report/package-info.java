/** The report: what measurements leave as files, and the page and charts that are made of them. */
@NullMarked
package run.algo.sdk.benchmarks.report;

import org.jspecify.annotations.NullMarked;
