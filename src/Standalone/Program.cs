using OrleansIot.Standalone;

return await StartFaults.Guard(async () =>
{
    await using var app = StandaloneHost.Build(args);

    // Made before any of them starts, so that there is nothing to stop yet when the store cannot be opened.
    app.Services.GetServices<IHostedService>();
    try
    {
        await app.StartAsync();
    }
    catch
    {
        // What has started stops as it always does; disposed of while it runs, it would complain louder than the reason.
        await app.StopAsync();
        throw;
    }

    await app.WaitForShutdownAsync();
});
