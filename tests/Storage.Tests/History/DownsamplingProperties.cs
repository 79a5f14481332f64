using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Application.History.Ports;
using OrleansIot.Application.History.Rollups;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.History;

public class DownsamplingProperties
{
    private static readonly Gen<SeriesPoint> AnyPoint =
        from at in Gen.Choose(0, 100_000)
        from least in Gen.Choose(-1_000, 1_000)
        from more in Gen.Frequency((2, Gen.Constant(0)), (1, Gen.Choose(0, 50)))
        select new SeriesPoint(At(at), least, least + (more / 2.0), least + more, 1 + more);

    private static readonly Arbitrary<(ImmutableArray<SeriesPoint> Points, int Most)> Any =
        Gen.Choose(0, 600).SelectMany(count => AnyPoint.ListOf(count)).Zip(Gen.OneOf(Gen.Choose(4, 12), Gen.Choose(4, 300)))
            .Select(pair => (Points: pair.Item1.OrderBy(point => point.At).ToImmutableArray(), Most: pair.Item2)).ToArbitrary();

    [Fact]
    public void Either_shape_chooses_of_the_points_in_their_order_and_no_more_than_asked_with_first_and_last() =>
        Prop.ForAll(Any, any =>
        {
            foreach (var chosen in (ImmutableArray<SeriesPoint>[])[Downsampling.Lttb(any.Points, any.Most), Downsampling.MinMax(any.Points, any.Most)])
            {
                Assert.InRange(chosen.Length, Math.Min(any.Most / 2, any.Points.Length), any.Most);
                Assert.True(IsPartOf(chosen, any.Points));
                if (any.Points.Length > 0)
                    Assert.Equal((any.Points[0], any.Points[^1]), (chosen[0], chosen[^1]));
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Least_and_greatest_keep_the_extremes() =>
        Prop.ForAll(Any, any =>
        {
            if (any.Points.Length == 0)
                return;

            var chosen = Downsampling.MinMax(any.Points, any.Most);
            Assert.Equal(any.Points.Min(point => point.Min), chosen.Min(point => point.Min));
            Assert.Equal(any.Points.Max(point => point.Max), chosen.Max(point => point.Max));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_largest_triangles_give_as_many_points_as_asked_for() =>
        Prop.ForAll(Any, any => Downsampling.Lttb(any.Points, any.Most).Length == Math.Min(any.Most, any.Points.Length)).QuickCheckThrowOnFailure();

    [Fact]
    public void The_largest_triangle_is_taken_of_each_bucket()
    {
        // Worked by hand: of the middle four in two buckets, 9 is farthest from the line from 0 to the mean of (0, 1), and then 0.
        double[] values = [0, 9, 1, 0, 1, 1];
        ImmutableArray<SeriesPoint> points = [.. values.Select((value, i) => new SeriesPoint(At(i * 1_000), value, value, value, 1))];

        Assert.Equal([0, 9, 0, 1], Downsampling.Lttb(points, 4).Select(point => point.Mean));
    }

    private static bool IsPartOf(ImmutableArray<SeriesPoint> chosen, ImmutableArray<SeriesPoint> points)
    {
        var next = 0;
        foreach (var point in points)
            next += next < chosen.Length && chosen[next] == point ? 1 : 0;

        return next == chosen.Length;
    }
}
