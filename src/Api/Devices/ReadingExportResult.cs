using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using OrleansIot.Application.History;
using OrleansIot.Application.History.Ports;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Api.Devices;

/// <summary>Writes readings as they are read, no faster than they are taken.</summary>
/// <param name="onlyThese">Whether readings without any of the metrics are left out.</param>
internal sealed class ReadingExportResult(
    IReadingHistory history, IReadOnlyList<DeviceId> devices, IReadOnlyList<MetricName> metrics, bool onlyThese, Instant from, Instant to, ExportFormat format, string name) : IResult
{
    public const string CsvType = "text/csv";
    public const string JsonLinesType = "application/x-ndjson";

    // What is written between two waits for the socket.
    private const int FlushBytes = 64 * 1024;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = format == ExportFormat.Csv ? $"{CsvType}; charset=utf-8; header=present" : JsonLinesType;
        var file = new ContentDispositionHeaderValue("attachment");
        file.SetHttpFileName($"{name}.{(format == ExportFormat.Csv ? "csv" : "jsonl")}");
        response.Headers.ContentDisposition = file.ToString();
        try
        {
            await Write(response, httpContext.RequestAborted);
        }
        catch (Exception) when (response.HasStarted)
        {
            // An end like any other would make a part look like the whole.
            httpContext.Abort();
            throw;
        }
    }

    private async Task Write(HttpResponse response, CancellationToken cancellation)
    {
        using IReadingLines lines = format == ExportFormat.Csv ? new CsvLines(response.BodyWriter, metrics) : new JsonLines(response.BodyWriter, onlyThese ? metrics : null);
        foreach (var device in devices)
        {
            await foreach (var reading in history.All(device, from, to, cancellation))
            {
                if (onlyThese && !HasAny(reading))
                    continue;

                lines.Write(device, reading);
                if (response.BodyWriter.UnflushedBytes >= FlushBytes)
                    await response.BodyWriter.FlushAsync(cancellation);
            }
        }

        await response.BodyWriter.FlushAsync(cancellation);
    }

    private bool HasAny(Reading reading)
    {
        foreach (var metric in reading.Metrics)
        {
            if (metrics.Contains(metric.Name))
                return true;
        }

        return false;
    }
}

/// <summary>Writes readings, a line each.</summary>
internal interface IReadingLines : IDisposable
{
    void Write(DeviceId device, Reading reading);
}
