using OrleansIot.Grains.Interfaces.Devices;
using OrleansIot.Grains.Interfaces.Fleet;

namespace OrleansIot.Integrator;

/// <summary>Asks the grains, and writes down what they say.</summary>
internal sealed class FleetReader(IGrainFactory grains, TextWriter to, TimeProvider time)
{
    // A subscription is gone when its grain moves; it is renewed this often, so that following goes on soon after.
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(15);

    public async Task<bool> List()
    {
        var fleet = grains.GetGrain<IFleetGrain>(0);
        var totals = await fleet.Counts();
        await to.WriteLineAsync($"{totals.Devices} devices: {totals.Online} online, {totals.Offline} offline; {totals.OpenAlerts} open alerts");
        string? cursor = null;
        do
        {
            var page = await fleet.List(new FleetQuery(Cursor: cursor));
            foreach (var device in page.Devices)
                await to.WriteLineAsync($"{device.DeviceId,-32} {device.Status,-8} {device.Type ?? "-",-12} {(device.Alerts.IsEmpty ? "" : $"{device.Alerts.Length} alerts")}".TrimEnd());
            cursor = page.Next;
        }
        while (cursor is not null);
        return true;
    }

    public async Task<bool> Show(string device)
    {
        if (await grains.GetGrain<IDeviceGrain>(device).Snapshot() is not { } snapshot)
            return await Unknown(device);

        await Write(snapshot);
        return true;
    }

    public async Task<bool> Follow(string device, CancellationToken stopping)
    {
        if (!await Show(device))
            return false;

        var grain = grains.GetGrain<IDeviceGrain>(device);
        var follower = new Follower(to);
        var observer = grains.CreateObjectReference<IDeviceObserver>(follower);
        using var renewal = new PeriodicTimer(Renewal, time);
        try
        {
            do
            {
                if (await Subscribe(grain, observer) is { Code: not "ok" } refused)
                {
                    await to.WriteLineAsync($"{device} cannot be followed: {refused.Detail ?? refused.Code}");
                    return false;
                }
            }
            while (await renewal.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await grain.Unsubscribe(observer);
        }

        GC.KeepAlive(follower); // Orleans holds observers by weak references.
        return true;
    }

    // A silo that dies under a call makes it fail; whichever takes the twin over knows nothing of the subscription until the next.
    private async Task<DeviceAnswer?> Subscribe(IDeviceGrain grain, IDeviceObserver observer)
    {
        try
        {
            return await grain.Subscribe(observer);
        }
        catch (Exception e) when (e is TimeoutException or OrleansException)
        {
            await to.WriteLineAsync($"Not followed for the moment ({e.Message.Split('\n')[0]}); asking again.");
            return null;
        }
    }

    private async Task<bool> Unknown(string device)
    {
        await to.WriteLineAsync($"No device {device} was ever heard of.");
        return false;
    }

    private async Task Write(DeviceSnapshot device)
    {
        await to.WriteLineAsync($"{device.DeviceId}: {device.Status} since {device.StatusSince:u} ({device.StatusReason}), version {device.Version}");
        foreach (var metric in device.Metrics)
            await to.WriteLineAsync($"  {metric.Name} = {DeviceText.Of(metric)}");
        foreach (var alert in device.Alerts)
            await to.WriteLineAsync($"  {alert.Severity} {alert.Status} since {alert.TriggeredAt:u}: {alert.RuleName} ({alert.Condition})");
    }

    private sealed class Follower(TextWriter to) : IDeviceObserver
    {
        public Task Changed(DeviceSnapshot device) => to.WriteLineAsync(DeviceText.Line(device));
    }
}
