using System.Globalization;
using System.Text;
using OrleansIot.Gateway.Telemetry;

namespace OrleansIot.Gateway.Tests;

public sealed class TopicRouteCacheTests
{
    private readonly TopicRouteCache _routes = new();

    [Fact]
    public void A_gateway_that_speaks_for_four_thousand_devices_in_turn_has_each_route_made_once()
    {
        var first = Enumerable.Range(0, 4_096).Select(Find).ToArray();

        for (var round = 0; round < 3; round++)
            Assert.All(first, (route, device) => Assert.Same(route, Find(device)));
    }

    [Fact]
    public void A_topic_in_use_is_kept_however_many_others_come_once_and_those_are_forgotten()
    {
        var (used, once) = (Find(-1), Find(0));
        for (var device = 1; device < 50_000; device++)
        {
            Find(device);
            if (device % 1_000 == 0)
                Assert.Same(used, Find(-1));
        }

        Assert.NotSame(once, Find(0));
    }

    private object Find(int device) => _routes.Find(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"devices/device-{device}/telemetry")));
}
