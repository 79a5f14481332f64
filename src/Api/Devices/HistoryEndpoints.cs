using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using OrleansIot.Api.Http;
using OrleansIot.Application.History.Ports;
using OrleansIot.Application.Twins;
using OrleansIot.Domain;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Api.Devices;

/// <summary>What a device measured in the past.</summary>
internal static class HistoryEndpoints
{
    private const int DefaultPoints = 300;
    private const int MaxPoints = 5_000;
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1_000;
    private static readonly TimeSpan DefaultRange = TimeSpan.FromHours(1);

    public static void MapHistory(this IEndpointRouteBuilder devices)
    {
        devices.MapGet("/{id}/history", History).WithName("GetHistory").WithSummary("A metric over time, rolled up to at most so many points").ProducesProblems(400, 404, 503);
        devices.MapGet("/{id}/readings", Readings).WithName("ListReadings").WithSummary("Readings as the device sent them, by time").ProducesProblems(400, 404, 503);
    }

    private static async Task<Results<Ok<HistoryDocument>, ProblemResult>> History(
        string id, [AsParameters] HistoryQuery query, ITwins twins, IReadingHistory history, TimeProvider time, CancellationToken cancellation)
    {
        var reader = new QueryReader();
        var metric = reader.Id<MetricName>("metric", query.Metric, MetricName.TryParse, "the name of a metric that the device reports");
        if (string.IsNullOrEmpty(query.Metric))
            reader.Fault("metric", "is missing.", "Write the name of a metric that the device reports.");

        var (from, to) = ReadRange(reader, query.From, query.To, time);
        var points = reader.Number("points", query.Points, DefaultPoints, 1, MaxPoints);
        if (reader.HasFaults)
            return reader.Problem;

        if (await twins.FindKnown(id, cancellation) is not { } twin)
            return ProblemResult.UnknownDevice(id);

        return TypedResults.Ok(HistoryDocument.Of(await history.Query(new SeriesQuery(twin.Device, metric!.Value, from, to, points), cancellation)));
    }

    private static async Task<Results<Ok<ListDocument<ReadingDocument>>, ProblemResult>> Readings(
        string id, [AsParameters] ReadingsQuery query, ITwins twins, IReadingHistory history, TimeProvider time, CancellationToken cancellation)
    {
        var reader = new QueryReader();
        var (from, to) = ReadRange(reader, query.From, query.To, time);
        var limit = reader.Number("limit", query.Limit, DefaultLimit, 1, MaxLimit);
        if (reader.HasFaults)
            return reader.Problem;

        if (await twins.FindKnown(id, cancellation) is not { } twin)
            return ProblemResult.UnknownDevice(id);

        var readings = await history.Readings(twin.Device, from, to, limit, cancellation);
        return TypedResults.Ok(new ListDocument<ReadingDocument>([.. readings.Select(ReadingDocument.Of)]));
    }

    private static (Instant From, Instant To) ReadRange(QueryReader reader, string? from, string? to, TimeProvider time)
    {
        var now = Instant.From(time.GetUtcNow());
        var end = reader.Time("to", to, now, now);
        var start = reader.Time("from", from, now, end - DefaultRange);
        if (!reader.HasFaults && start >= end)
            reader.Fault("from", "is not before 'to'.", "Write an earlier time.");

        return (start, end);
    }
}
