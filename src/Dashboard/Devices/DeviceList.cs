using OrleansIot.Application.Fleet;
using OrleansIot.Application.Fleet.Filters;
using OrleansIot.Application.History.Ports;
using OrleansIot.Dashboard.Charts;
using OrleansIot.Dashboard.Live;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;

namespace OrleansIot.Dashboard.Devices;

/// <summary>
/// The device list: any window of it is asked of the fleet, and the rows seen lately are kept with their trend, so that
/// scrolling back draws at once.
/// </summary>
public sealed class DeviceList(IFleet fleet, IReadingHistory history, TimeProvider time)
{
    /// <summary>Some ten screens.</summary>
    public const int KeptRows = 300;

    private const int TrendBuckets = 40;
    private const int MaxWindow = 1_000;

    private static readonly TimeSpan TrendRange = TimeSpan.FromMinutes(20);

    private readonly Dictionary<DeviceId, DeviceRow> _rows = [];
    private IReadOnlyList<DeviceRow> _window = [];
    private DeviceSearch _search = DeviceSearch.Of("");

    public DeviceFilter Filter { get; private set; }

    public string Search { get; private set; } = "";

    public DeviceOrder Order { get; private set; } = DeviceOrder.WorstFirst;

    /// <summary>The column that orders the list, as <see cref="DeviceSort"/> takes it; null for <see cref="Order"/>.</summary>
    public string? Sort { get; private set; }

    /// <summary>What is wrong with the question in the box; the list meanwhile stays as it was.</summary>
    public FilterFault? Fault { get; private set; }

    /// <summary>How many match.</summary>
    public int Total { get; private set; }

    public bool IsNarrowed => Filter != DeviceFilter.All || Search.Length > 0;

    /// <summary>Whether that is a change.</summary>
    public bool Show(DeviceFilter filter, string? search, DeviceOrder order, string? sort = null)
    {
        if (sort is not null && !DeviceSort.TryParse(sort, out _, out _))
            sort = null;

        var asked = (filter, search?.Trim() ?? "", order, sort);
        if (asked == (Filter, Search, Order, Sort))
            return false;

        (Filter, Search, Order, Sort) = asked;
        var read = DeviceSearch.Of(Search);
        Fault = read.Fault;
        if (Fault is null)
            _search = read;

        return true;
    }

    public async Task<IReadOnlyList<DeviceRow>> Window(int offset, int count, CancellationToken cancellation)
    {
        var query = Filter.Narrow(new DeviceQuery(
            _search.Text, Order: Order, Offset: offset, Limit: Math.Clamp(count, 1, MaxWindow), Filter: _search.Filter, Sort: Sort));
        var page = await fleet.List(query, cancellation);
        Total = page.Total;
        if (_rows.Count > KeptRows)
            _rows.Clear();

        var window = new List<DeviceRow>(page.Items.Count);
        foreach (var twin in page.Items)
        {
            if (_rows.TryGetValue(twin.Device, out var row))
                row.Update(twin);
            else
                _rows[twin.Device] = row = new DeviceRow(twin);

            window.Add(row);
        }

        return _window = window;
    }

    /// <summary>Loads the trends of the rows in view that have none yet.</summary>
    public async Task DrawTrends(CancellationToken cancellation)
    {
        // Looked for anew each time: while one is loaded, the reader scrolls on.
        while (_window.FirstOrDefault(row => row is { Trend: null, TrendMetric: not null }) is { } row)
            row.Draw(await LiveSeries.Load(history, row.Twin.Device, row.TrendMetric!.Value, TrendRange, TrendBuckets, Instant.From(time.GetUtcNow()), cancellation));
    }

    /// <summary>Whether the order or the number of rows may have changed, so that the window must be asked for again.</summary>
    public bool Apply(FleetUpdate update)
    {
        foreach (var (device, row) in _rows)
        {
            if (update.Twins.TryGetValue(device, out var newer))
                row.Update(newer);
        }

        return update.BeyondReadings || update.Incomplete;
    }
}
