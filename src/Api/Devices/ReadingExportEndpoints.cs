using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using OrleansIot.Api.Http;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.History;
using OrleansIot.Application.History.Ports;
using OrleansIot.Application.Twins;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Api.Devices;

/// <summary>Readings as a file.</summary>
internal static class ReadingExportEndpoints
{
    // Columns of a file that somebody still opens; Excel's own limit is sixteen times that.
    private const int MaxMetrics = 1_000;

    public static RouteHandlerBuilder ProducesExport(this RouteHandlerBuilder endpoint) => endpoint
        .WithDescription(
            "CSV: device, at, receivedAt, then a column for each metric; a text that a spreadsheet would take for a formula has an apostrophe before it. "
            + "JSON lines: an object for each reading, values as they were sent.")
        .Produces(StatusCodes.Status200OK, contentType: ReadingExportResult.CsvType, additionalContentTypes: ReadingExportResult.JsonLinesType)
        .ProducesProblems(400, 404, 503);

    public static async Task<Results<ReadingExportResult, ProblemResult>> OfDevice(
        string id, [AsParameters] ExportQuery query, ITwins twins, IReadingHistory history, TimeProvider time, CancellationToken cancellation)
    {
        var reader = new QueryReader();
        var (from, to) = reader.Range(query.From, query.To, time);
        var format = reader.Word("format", query.Format, HistoryWords.Formats) ?? ExportFormat.Csv;
        var metrics = Metrics(reader, query.Metrics);
        if (reader.HasFaults)
            return reader.Problem;

        return await twins.FindKnown(id, cancellation) is { } twin
            ? new ReadingExportResult(history, [twin.Device], metrics ?? ReportedBy([twin]), metrics is not null, from, to, format, twin.Device.Value)
            : ProblemResult.UnknownDevice(id);
    }

    public static async Task<Results<ReadingExportResult, ProblemResult>> OfFleet(
        [AsParameters] DeviceChoice choice, [AsParameters] ExportQuery query, ITwins twins, IFleet fleet, IReadingHistory history, TimeProvider time, CancellationToken cancellation)
    {
        var reader = new QueryReader();
        var (from, to) = reader.Range(query.From, query.To, time);
        var format = reader.Word("format", query.Format, HistoryWords.Formats) ?? ExportFormat.Csv;
        var metrics = Metrics(reader, query.Metrics);
        var selected = reader.HasFaults ? [] : await DeviceSelection.Select(choice, FleetSeriesQuery.MostDevices, reader, twins, fleet, cancellation);
        var columns = metrics ?? ReportedBy(selected);
        if (format == ExportFormat.Csv && columns.Count > MaxMetrics)
            reader.Fault("metrics", $"would be {columns.Count} columns.", $"Name those that are wanted, {MaxMetrics} at most.");

        return reader.HasFaults
            ? reader.Problem
            : new ReadingExportResult(history, [.. selected.Select(twin => twin.Device)], columns, metrics is not null, from, to, format, "readings");
    }

    private static List<MetricName>? Metrics(QueryReader reader, string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;

        var metrics = new List<MetricName>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal))
        {
            if (reader.Id<MetricName>("metrics", part, MetricName.TryParse, "names of metrics with commas between") is { } metric)
                metrics.Add(metric);
        }

        if (metrics.Count > MaxMetrics)
            reader.Fault("metrics", $"names {metrics.Count}.", $"Name {MaxMetrics} at most.");

        return metrics;
    }

    private static List<MetricName> ReportedBy(IEnumerable<Twin> twins) => [.. twins.SelectMany(twin => twin.Readings).Select(last => last.Metric).Distinct().Order()];
}
