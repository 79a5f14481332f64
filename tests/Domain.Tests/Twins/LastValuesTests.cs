using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;
using static OrleansIot.Domain.Tests.Twins.Words;

namespace OrleansIot.Domain.Tests.Twins;

public sealed class LastValuesTests
{
    // Few names and moments, so that they meet.
    private static readonly Gen<Reading> Readings =
        from received in Gen.Choose(0, 20)
        from measured in Gen.Choose(0, 25)
        from names in Gen.SubListOf<string>(["a", "b", "c", "d", "e", "f"])
        from shuffled in Gen.Shuffle<string>(names)
        from values in Gen.Choose(0, 9).ArrayOf(shuffled.Length)
        select new Reading(At(measured), At(received), [.. shuffled.Zip(values, (name, value) => Metric(name, value))]);

    [Fact]
    public void Whatever_comes_each_metric_has_its_newest_value_and_of_two_of_one_moment_the_later_to_arrive() =>
        Prop.ForAll(Readings.ListOf().ToArbitrary(), readings =>
        {
            var last = LastValues.None;
            var arrived = new List<(Metric Metric, Instant Moment)>();
            foreach (var reading in readings)
            {
                var moment = reading.At < reading.ReceivedAt ? reading.At : reading.ReceivedAt;
                var known = arrived.Select(one => one.Metric.Name).ToHashSet();
                Assert.Equal(reading.Metrics.Count(metric => !known.Contains(metric.Name)), last.CountNew(reading));
                foreach (var (metric, hint) in reading.Metrics.Select((metric, index) => (metric, index)))
                    Assert.Equal(arrived.All(one => one.Metric.Name != metric.Name || one.Moment <= moment), last.WouldBeNewest(metric.Name, moment, hint));

                last = last.With(reading);
                arrived.AddRange(reading.Metrics.Select(metric => (metric, moment)));
            }

            // MaxBy takes the first of equals, so the newest is looked for from the end.
            var expected = arrived.Select(one => one.Metric.Name).Distinct()
                .Select(name => Enumerable.Reverse(arrived).Where(one => one.Metric.Name == name).MaxBy(one => one.Moment))
                .Select(newest => new LastValue(newest.Metric.Name, newest.Metric.Value, newest.Moment))
                .ToArray();
            Assert.Equal(expected, last);
            Assert.Equal(LastValues.Of(expected), last);
            Assert.All(expected, value => Assert.Equal(value, last.Find(value.Metric)));
            Assert.Null(last.Find(MetricName.Parse("never-reported")));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_was_given_out_does_not_change()
    {
        var before = LastValues.None.With(Reports(0, 20).Reading);
        before.With(Reports(1, 30).Reading);

        Assert.Equal(MetricValue.Of(20), Assert.Single(before).Value);
    }
}
