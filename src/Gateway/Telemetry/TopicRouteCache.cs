using OrleansIot.Application.Telemetry.Payloads;

namespace OrleansIot.Gateway.Telemetry;

/// <summary>The topics that one connection publishes to, by their bytes. Bounded; belongs to the connection's reader.</summary>
internal sealed class TopicRouteCache
{
    // A device has one or two topics; a site's gateway that speaks for a thousand devices still fits.
    private const int MaxRoutes = 1_024;

    // Nor does one with topics of 60 KB each take more than a device's connection may.
    private const int MaxTopicBytes = 256;

    private byte[] _lastTopic = [];
    private TopicRoute? _lastRoute;
    private Dictionary<byte[], TopicRoute>? _routes;

    public TopicRoute Find(ReadOnlySpan<byte> topic)
    {
        if (_lastRoute is { } last && topic.SequenceEqual(_lastTopic))
            return last;
        if (topic.Length > MaxTopicBytes)
            return TopicRoute.Of(topic);

        _routes ??= new Dictionary<byte[], TopicRoute>(Utf8KeyComparer.Instance);
        var lookup = _routes.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!lookup.TryGetValue(topic, out var key, out var route))
        {
            if (_routes.Count == MaxRoutes)
                _routes.Clear();

            route = TopicRoute.Of(topic);
            key = topic.ToArray();
            _routes.Add(key, route);
        }

        (_lastTopic, _lastRoute) = (key, route);
        return route;
    }
}
