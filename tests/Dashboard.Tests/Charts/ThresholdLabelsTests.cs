using OrleansIot.Dashboard.Charts;

namespace OrleansIot.Dashboard.Tests.Charts;

public sealed class ThresholdLabelsTests
{
    private const int Height = ChartGeometry.Height;

    // Of letters of 11 px: above the baseline, below it.
    private const double Ascent = 8;
    private const double Descent = 2.5;

    [Fact]
    public void A_line_with_room_has_its_name_right_above_it() =>
        Assert.Equal([95, 195], ThresholdLabels.Baselines([100, 200], Height));

    [Fact]
    public void Of_two_near_lines_the_upper_has_its_name_above_and_the_lower_below_whichever_comes_first()
    {
        Assert.Equal([95, 117], ThresholdLabels.Baselines([100, 104], Height));
        Assert.Equal([117, 95], ThresholdLabels.Baselines([104, 100], Height));
    }

    [Fact]
    public void Two_rules_with_one_threshold_can_both_be_read() =>
        Assert.Equal([95, 113], ThresholdLabels.Baselines([100, 100], Height));

    [Fact]
    public void At_the_edges_names_stay_in_the_plot()
    {
        Assert.Equal([9, 28], ThresholdLabels.Baselines([14, 15], Height));
        Assert.Equal([19, 33], ThresholdLabels.Baselines([2, 10], Height));
        Assert.Equal([249, 263], ThresholdLabels.Baselines([266, 270], Height));
    }

    [Fact]
    public void No_name_lies_on_another_or_on_a_line_and_they_keep_the_order_of_the_lines()
    {
        var random = new Random(20261121);
        for (var run = 0; run < 2_000; run++)
        {
            double[] lines = [.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => 15 + (random.NextDouble() * random.Next(1, 250))).Order()];

            var names = ThresholdLabels.Baselines(lines, Height);

            var about = $"lines {string.Join(' ', lines)}, names {string.Join(' ', names)}";
            Assert.All(names.Zip(names.Skip(1)), pair => Assert.True(pair.Second - Ascent >= pair.First + Descent, about));
            Assert.All(names, name => Assert.DoesNotContain(lines, line => line > name - Ascent && line < name + Descent));
            Assert.All(names, name => Assert.True(name - Ascent >= 0 && name + Descent <= Height, about));
        }
    }

    [Fact]
    public void More_rules_than_there_is_room_for_still_have_names_in_order()
    {
        var names = ThresholdLabels.Baselines([.. Enumerable.Range(0, 400).Select(i => i * 0.7)], Height);

        Assert.Equal(names.Order(), names);
        Assert.All(names, name => Assert.InRange(name, 0, Height));
    }

    [Fact]
    public void A_long_name_is_cut_between_two_letters()
    {
        Assert.Equal("Boiler too hot", ThresholdLabels.Shortened("Boiler too hot"));
        Assert.Equal(new string('a', 31) + "…", ThresholdLabels.Shortened(new string('a', 40)));
        Assert.Equal(string.Concat(Enumerable.Repeat("🔥", 31)) + "…", ThresholdLabels.Shortened(string.Concat(Enumerable.Repeat("🔥", 33))));
    }
}
