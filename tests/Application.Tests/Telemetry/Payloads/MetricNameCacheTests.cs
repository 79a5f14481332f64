using System.Text;
using OrleansIot.Application.Telemetry.Payloads;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.Tests.Telemetry.Payloads;

public sealed class MetricNameCacheTests
{
    [Fact]
    public void A_name_in_use_costs_one_string_however_often_it_comes_and_whatever_comes_between()
    {
        var names = new MetricNameCache(capacity: 8);
        var first = Get(names, "temperature");
        for (var n = 0; n < 1_000; n++)
        {
            Get(names, $"invented-{n}");
            if (n % 4 == 0)
                Assert.Same(first.Value, Get(names, "temperature").Value);
        }
    }

    [Fact]
    public void A_client_that_invents_names_cannot_make_it_grow()
    {
        var names = new MetricNameCache(capacity: 8);
        for (var n = 0; n < 1_000; n++)
        {
            Assert.Equal($"invented-{n}", Get(names, $"invented-{n}").Value);
            Assert.InRange(names.Count, 1, 16);
        }
    }

    [Fact]
    public void What_is_no_name_is_not_kept()
    {
        var names = new MetricNameCache(capacity: 8);
        Assert.False(names.TryGet("$status"u8, out _));
        Assert.False(names.TryGet(""u8, out _));
        Assert.Equal(0, names.Count);
    }

    private static MetricName Get(MetricNameCache names, string name)
    {
        Assert.True(names.TryGet(Encoding.UTF8.GetBytes(name), out var metric));
        return metric;
    }
}
