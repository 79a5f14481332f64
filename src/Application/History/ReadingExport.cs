using System.Runtime.CompilerServices;
using OrleansIot.Application.History.Ports;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.History;

/// <summary>All readings of a range, page by page: neither the range nor a slow reader costs memory, or holds anything in the store.</summary>
public static class ReadingExport
{
    // Some 2 MB of readings with six metrics.
    private const int PageSize = 5_000;

    /// <summary>By time. What comes late, for a part that was given already, is not in it.</summary>
    public static async IAsyncEnumerable<Reading> All(
        this IReadingHistory history, DeviceId device, Instant from, Instant to, [EnumeratorCancellation] CancellationToken cancellation, int pageSize = PageSize)
    {
        while (from < to)
        {
            var page = await history.Oldest(device, from, to, pageSize, cancellation);
            foreach (var reading in page)
                yield return reading;

            if (page.Count < pageSize)
                yield break;

            from = new Instant(page[^1].At.UnixMilliseconds + 1);
        }
    }
}
