using OrleansIot.Standalone;

return await StartFaults.Guard(async () =>
{
    await using var app = StandaloneHost.Build(args);
    await app.RunAsync();
});
