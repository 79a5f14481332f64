using System.Diagnostics.CodeAnalysis;
using OrleansIot.Application.Telemetry.Payloads;

namespace OrleansIot.Gateway.Telemetry;

/// <summary>The topics that one connection publishes to, by their bytes. Bounded; belongs to the connection's reader.</summary>
internal sealed class TopicRouteCache
{
    // A device has one or two topics; a site's gateway that speaks for four thousand still finds each. Two generations of them, of
    // short topics, are some 2 MB of the connection.
    private const int PerGeneration = 4_096;
    private const int TopicBytesPerGeneration = 256 * 1024;

    // Nor does one with topics of 60 KB each take more than a device's connection may.
    private const int MaxTopicBytes = 256;

    private byte[] _lastTopic = [];
    private TopicRoute? _lastRoute;
    private Dictionary<byte[], TopicRoute>? _routes;
    private Dictionary<byte[], TopicRoute>? _before;
    private int _topicBytes;

    public TopicRoute Find(ReadOnlySpan<byte> topic)
    {
        if (_lastRoute is { } last && topic.SequenceEqual(_lastTopic))
            return last;
        if (topic.Length > MaxTopicBytes)
            return TopicRoute.Of(topic);

        _routes ??= new Dictionary<byte[], TopicRoute>(Utf8KeyComparer.Instance);
        if (!TryFind(_routes, topic, out var key, out var route))
        {
            // What was used since the last generation began outlives it; the rest is forgotten with it.
            if (_before is null || !TryFind(_before, topic, out key, out route))
                (key, route) = (topic.ToArray(), TopicRoute.Of(topic));

            Add(key, route);
        }

        (_lastTopic, _lastRoute) = (key, route);
        return route;
    }

    private void Add(byte[] topic, TopicRoute route)
    {
        if (_routes!.Count == PerGeneration || _topicBytes + topic.Length > TopicBytesPerGeneration)
        {
            (_routes, _before) = (_before ?? new Dictionary<byte[], TopicRoute>(Utf8KeyComparer.Instance), _routes);
            _routes.Clear();
            _topicBytes = 0;
        }

        _routes.Add(topic, route);
        _topicBytes += topic.Length;
    }

    private static bool TryFind(
        Dictionary<byte[], TopicRoute> routes, ReadOnlySpan<byte> topic, [NotNullWhen(true)] out byte[]? key, [NotNullWhen(true)] out TopicRoute? route) =>
        routes.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(topic, out key, out route);
}
