using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using OrleansIot.Api.Http;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.History;
using OrleansIot.Application.History.Rollups;
using OrleansIot.Application.Twins;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Api.Devices;

/// <summary>What many devices measured in the past.</summary>
internal static class FleetHistoryEndpoints
{
    private const int DefaultPoints = 60;
    private const int MaxTop = 100;
    private const string NoGroup = "all";
    private const string NoType = "";

    public static void MapFleetHistory(this IEndpointRouteBuilder api)
    {
        // A metric's name may have slashes.
        api.MapGet("/history/{*metric}", FleetHistory).WithTags("Devices").WithName("GetFleetHistory").WithSummary("One metric of many devices over time, or the top of them")
            .WithDescription($"From roll-ups, for at most {FleetSeriesQuery.MostDevices} devices and {FleetSeriesQuery.MostPoints} points in all. All devices, unless they are named or narrowed.")
            .ProducesProblems(400, 503);
        api.MapGet("/readings/export", ReadingExportEndpoints.OfFleet).WithTags("Devices").WithName("ExportReadings").WithSummary("All readings of a range from many devices, one device after the other, as a file").ProducesExport();
    }

    private static async Task<Results<Ok<FleetHistoryDocument>, ProblemResult>> FleetHistory(
        string? metric, [AsParameters] DeviceChoice choice, [AsParameters] FleetHistoryQuery query, ITwins twins, IFleet fleet, FleetHistory history, TimeProvider time, CancellationToken cancellation)
    {
        var reader = new QueryReader();
        var name = reader.Id<MetricName>("metric", metric, MetricName.TryParse, "the name of a metric behind /history/");
        if (string.IsNullOrEmpty(metric))
            reader.Fault("metric", "is missing.", "Write the name of a metric behind /history/.");

        var (from, to) = reader.Range(query.From, query.To, time);
        var points = reader.Number("points", query.Points, DefaultPoints, 1, SeriesPlan.MostPoints);
        var aggregate = reader.Word("aggregate", query.Aggregate, HistoryWords.Aggregates) ?? FleetAggregate.Average;
        var grouping = reader.Word("by", query.By, HistoryWords.Groupings) ?? FleetGrouping.Device;
        var top = string.IsNullOrEmpty(query.Top) ? (int?)null : reader.Number("top", query.Top, MaxTop, 1, MaxTop);
        var order = Order(reader, query.Order, top is null ? null : new FleetOrder(aggregate));
        var resolution = reader.Resolution(query.Resolution);
        if (resolution == HistoryResolution.Raw)
            reader.Fault("resolution", "is 'raw'.", "Write 1m, 15m, 1h, 1d or auto: many devices are answered for from roll-ups.");

        var selected = reader.HasFaults ? [] : await DeviceSelection.Select(choice, FleetSeriesQuery.MostDevices, reader, twins, fleet, cancellation);
        if (reader.HasFaults)
            return reader.Problem;

        var members = selected.Select(twin => new FleetMember(twin.Device, GroupOf(twin, grouping))).ToList();
        try
        {
            var series = await history.Query(new FleetSeriesQuery(members, name!.Value, from, to, points, resolution, top, order), cancellation);
            return TypedResults.Ok(new FleetHistoryDocument(
                name.Value.Value,
                HistoryWords.Aggregates.First(pair => pair.Meaning == aggregate).Word,
                [.. series.Groups.Select(group => FleetGroupDocument.Of(group, aggregate))],
                members.Count,
                series.Resolution.TotalSeconds,
                HistoryWords.Of(series.Source)));
        }
        catch (SeriesTooLongException e)
        {
            return HistoryEndpoints.TooLong(e);
        }
    }

    private static FleetOrder? Order(QueryReader reader, string? text, FleetOrder? otherwise) =>
        reader.Word("order", text?.TrimStart('-'), HistoryWords.Aggregates) is { } by ? new FleetOrder(by, Descending: !text!.StartsWith('-')) : otherwise;

    private static string GroupOf(Twin twin, FleetGrouping grouping) => grouping switch
    {
        FleetGrouping.Device => twin.Device.Value,
        FleetGrouping.Type => twin.Description.Type ?? NoType,
        _ => NoGroup,
    };
}
