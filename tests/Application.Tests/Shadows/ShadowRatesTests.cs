using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrleansIot.Application.Shadows;
using OrleansIot.Application.Twins;
using OrleansIot.Domain.Devices;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Application.Tests.Shadows;

public sealed class ShadowRatesTests
{
    private static readonly DeviceId Lamp = DeviceId.Parse("lamp");

    private readonly ManualTime _time = new();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(20)]
    [InlineData(999)]
    public void A_second_s_worth_passes_at_once_and_then_one_after_the_other(int perSecond)
    {
        var rates = Rates(perSecond);
        Assert.Equal(perSecond, Take(rates, Lamp, perSecond + 5));
        _time.Advance(TimeSpan.FromSeconds(1.01 / perSecond));
        Assert.Equal(1, Take(rates, Lamp, 5));
        _time.Advance(TimeSpan.FromSeconds(2.01 / perSecond));
        Assert.Equal(Math.Min(2, perSecond), Take(rates, Lamp, 5));
    }

    [Fact]
    public void Whoever_waits_as_long_as_told_is_taken_and_a_moment_earlier_not()
    {
        var rates = Rates(20);
        Take(rates, Lamp, 20);
        _time.Advance(TimeSpan.FromMilliseconds(10));
        Assert.False(rates.TryTake(Lamp, out var wait));
        Assert.Equal(TimeSpan.FromMilliseconds(40), wait);

        _time.Advance(wait - TimeSpan.FromTicks(1));
        Assert.False(rates.TryTake(Lamp, out _));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.True(rates.TryTake(Lamp, out _));
    }

    [Fact]
    public void However_fast_a_thing_asks_it_is_taken_at_its_rate()
    {
        var rates = Rates(20);
        var taken = 0;
        for (var step = 0; step < 10_000; step++)
        {
            taken += Take(rates, Lamp, 1);
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.InRange(taken, 219, 220); // ten seconds, and the first second's worth at once
    }

    [Fact]
    public void A_thing_that_asks_ten_times_a_second_is_never_refused_at_twenty()
    {
        var rates = Rates(20);
        for (var step = 0; step < 1_000; step++)
        {
            Assert.True(rates.TryTake(Lamp, out _));
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }
    }

    [Fact]
    public void Each_thing_has_its_own()
    {
        var rates = Rates(2);
        Assert.Equal(2, Take(rates, Lamp, 5));
        Assert.Equal(2, Take(rates, DeviceId.Parse("pump"), 5));
    }

    [Fact]
    public void Without_a_limit_all_pass_and_none_is_remembered()
    {
        var rates = Rates(0);
        Assert.Equal(1_000, Take(rates, Lamp, 1_000));
        Assert.Equal(0, rates.Count);
    }

    [Fact]
    public void What_is_not_asked_any_more_is_forgotten()
    {
        var rates = Rates(1);
        for (var i = 0; i < 1_000; i++)
            rates.TryTake(DeviceId.Parse($"thing-{i}"), out _);
        Assert.Equal(1_000, rates.Count);

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(rates.TryTake(Lamp, out _));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(rates.TryTake(Lamp, out _));
        Assert.Equal(2, rates.Count); // the one that was asked, of this second and the one before
    }

    [Fact]
    public void What_is_owed_from_the_second_before_counts()
    {
        var rates = Rates(2);
        rates.TryTake(DeviceId.Parse("first"), out _);
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(2, Take(rates, Lamp, 5));
        _time.Advance(TimeSpan.FromMilliseconds(1)); // the next second begins
        Assert.Equal(0, Take(rates, Lamp, 5));
        _time.Advance(TimeSpan.FromMilliseconds(499));
        Assert.Equal(1, Take(rates, Lamp, 5));
    }

    [Fact]
    public void Of_more_things_than_are_remembered_the_rest_is_not_held_to_the_rate_and_the_others_are()
    {
        var rates = Rates(1);
        for (var i = 0; i < ShadowRates.MaxThings; i++)
            Assert.True(rates.TryTake(DeviceId.Parse($"thing-{i}"), out _));

        Assert.Equal(5, Take(rates, Lamp, 5));
        Assert.Equal(0, Take(rates, DeviceId.Parse("thing-7"), 5));
        Assert.Equal(ShadowRates.MaxThings, rates.Count);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("10001")]
    public void A_rate_out_of_range_is_not_taken(string perSecond)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>("Shadows:RequestsPerSecond", perSecond)]).Build();
        using var services = new ServiceCollection().AddLiveTwins(configuration).BuildServiceProvider();
        var refused = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<ShadowOptions>>().Value);
        Assert.Contains("RequestsPerSecond", refused.Message, StringComparison.Ordinal);
    }

    private static int Take(ShadowRates rates, DeviceId thing, int times) => Enumerable.Range(0, times).Count(_ => rates.TryTake(thing, out var _));

    private ShadowRates Rates(int perSecond) => new(Options.Create(new ShadowOptions { RequestsPerSecond = perSecond }), _time);
}
