using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using OrleansIot.Api.Http;
using OrleansIot.Application.History;
using OrleansIot.Application.History.Ports;
using OrleansIot.Application.History.Rollups;
using OrleansIot.Application.Twins;
using OrleansIot.Domain;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Api.Devices;

/// <summary>What a device measured in the past.</summary>
internal static class HistoryEndpoints
{
    private const int DefaultPoints = 300;
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1_000;
    private static readonly TimeSpan DefaultRange = TimeSpan.FromHours(1);

    public static void MapHistory(this IEndpointRouteBuilder devices)
    {
        devices.MapGet("/{id}/history", History).WithName("GetHistory").WithSummary("A metric over time, in at most so many points")
            .WithDescription("From readings or roll-ups of 1 m, 15 m, 1 h or 1 d, whichever fits the range; 'resolution' tells which it was.")
            .ProducesProblems(400, 404, 503);
        devices.MapGet("/{id}/readings", Readings).WithName("ListReadings").WithSummary("Readings as the device sent them, by time").ProducesProblems(400, 404, 503);
        devices.MapGet("/{id}/history/export", ReadingExportEndpoints.OfDevice).WithName("ExportHistory").WithSummary("All readings of a range, as a file").ProducesExport();
    }

    private static async Task<Results<Ok<HistoryDocument>, ProblemResult>> History(
        string id, [AsParameters] HistoryQuery query, ITwins twins, IReadingHistory history, TimeProvider time, CancellationToken cancellation)
    {
        var reader = new QueryReader();
        var metric = reader.Id<MetricName>("metric", query.Metric, MetricName.TryParse, "the name of a metric that the device reports");
        if (string.IsNullOrEmpty(query.Metric))
            reader.Fault("metric", "is missing.", "Write the name of a metric that the device reports.");

        var (from, to) = reader.Range(query.From, query.To, time);
        var resolution = reader.Resolution(query.Resolution);
        var shape = reader.Word("shape", query.Shape, HistoryWords.Shapes) ?? SeriesShape.Buckets;
        var points = reader.Number("points", query.Points, DefaultPoints, shape == SeriesShape.Buckets ? 1 : SeriesPlan.FewestShapedPoints, SeriesPlan.MostPoints);
        if (reader.HasFaults)
            return reader.Problem;

        if (await twins.FindKnown(id, cancellation) is not { } twin)
            return ProblemResult.UnknownDevice(id);

        try
        {
            return TypedResults.Ok(HistoryDocument.Of(await history.Query(new SeriesQuery(twin.Device, metric!.Value, from, to, points, resolution, shape), cancellation)));
        }
        catch (SeriesTooLongException e)
        {
            return TooLong(e);
        }
    }

    private static async Task<Results<Ok<ListDocument<ReadingDocument>>, ProblemResult>> Readings(
        string id, [AsParameters] ReadingsQuery query, ITwins twins, IReadingHistory history, TimeProvider time, CancellationToken cancellation)
    {
        var reader = new QueryReader();
        var (from, to) = reader.Range(query.From, query.To, time);
        var limit = reader.Number("limit", query.Limit, DefaultLimit, 1, MaxLimit);
        if (reader.HasFaults)
            return reader.Problem;

        if (await twins.FindKnown(id, cancellation) is not { } twin)
            return ProblemResult.UnknownDevice(id);

        var readings = await history.Readings(twin.Device, from, to, limit, cancellation);
        return TypedResults.Ok(new ListDocument<ReadingDocument>([.. readings.Select(ReadingDocument.Of)]));
    }

    internal static ProblemResult TooLong(SeriesTooLongException e) =>
        ProblemResult.Of(StatusCodes.Status400BadRequest, "history.too-long", $"{e.Message} Ask for a shorter range, fewer devices or points, or a coarser resolution (auto chooses one).");

    internal static HistoryResolution? Resolution(this QueryReader reader, string? text) =>
        text == HistoryWords.Auto ? null : reader.Word("resolution", text, [.. HistoryWords.Resolutions, (HistoryWords.Auto, default)]);

    internal static (Instant From, Instant To) Range(this QueryReader reader, string? from, string? to, TimeProvider time)
    {
        var now = Instant.From(time.GetUtcNow());
        var end = reader.Time("to", to, now, now);
        var start = reader.Time("from", from, now, end - DefaultRange);
        if (!reader.HasFaults && start >= end)
            reader.Fault("from", "is not before 'to'.", "Write an earlier time.");

        return (start, end);
    }
}
