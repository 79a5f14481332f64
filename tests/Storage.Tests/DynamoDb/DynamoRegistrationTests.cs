using Amazon.DynamoDBv2;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OrleansIot.Application;
using OrleansIot.Application.Alerts.Ports;
using OrleansIot.Application.History.Ports;
using OrleansIot.Application.Notifications.Ports;
using OrleansIot.Application.Rules.Ports;
using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Storage.DynamoDb;
using OrleansIot.Storage.DynamoDb.Database;
using OrleansIot.TestKit.Peers;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.DynamoDb;

public sealed class DynamoRegistrationTests(DynaliteFixture dynalite) : IClassFixture<DynaliteFixture>, IAsyncDisposable
{
    private readonly DynamoTables _tables = new(dynalite);

    [Fact]
    public async Task Every_port_is_served_by_the_one_store_and_its_tables_are_there_before_anything_starts()
    {
        using var host = Host(("DynamoDb:ServiceUrl", dynalite.Server.Url), ("DynamoDb:AccessKey", "test"), ("DynamoDb:SecretKey", "test"), ("DynamoDb:TablePrefix", _tables.Prefix));
        await host.StartAsync();
        var services = host.Services;

        await services.GetRequiredService<ITwinJournal>().Append(Append(Boiler, 0, Recorded(0, 1)), default);
        Assert.Equal([Boiler], await services.GetRequiredService<ITwinSnapshots>().Devices(default).ToListAsync());
        Assert.NotNull(services.GetRequiredService<IReadingHistory>());
        Assert.NotNull(services.GetRequiredService<IAlertBook>());
        Assert.NotNull(services.GetRequiredService<IRuleStore>());
        Assert.Empty((await services.GetRequiredService<ISessionStore>().Load(default)).Sessions);
        Assert.Empty(await services.GetRequiredService<IOutbox>().Due(At(0), 1, default));
        Assert.Equal(HealthStatus.Healthy, (await services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Status);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_store_that_takes_no_writes_is_not_healthy()
    {
        await using var server = await Dynalite.Start();
        using var host = Host(("DynamoDb:ServiceUrl", server.Url), ("DynamoDb:AccessKey", "test"), ("DynamoDb:SecretKey", "test"), ("DynamoDb:MaxAttempts", "1"));
        await host.StartAsync();

        await server.Kill();
        var health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.DoesNotContain("127.0.0.1", health.Entries["store"].Description!, StringComparison.Ordinal);
        await host.StopAsync();
    }

    [Fact]
    public async Task Silos_that_start_at_once_make_the_tables_once_and_what_expires_has_a_time_to_live()
    {
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => _tables.Open().AsTask()));

        using var database = new DynamoDatabase(_tables.Options(), TimeProvider.System);
        foreach (var table in Enum.GetValues<Table>())
        {
            var state = (await database.Client.DescribeTimeToLiveAsync(database.NameOf(table))).TimeToLiveDescription;
            Assert.Equal(TableDefinitions.Expires(table) ? (TimeToLiveStatus.ENABLED, "x") : (TimeToLiveStatus.DISABLED, null), (state.TimeToLiveStatus, state.AttributeName));
        }
    }

    [Fact]
    public async Task Where_no_tables_are_to_be_made_a_missing_one_is_named()
    {
        var failure = await Assert.ThrowsAsync<StoreException>(async () => await _tables.Open(change: options => options.CreateTables = false));

        Assert.Contains(_tables.Prefix, failure.Message, StringComparison.Ordinal);
        Assert.Contains("DynamoDb:CreateTables", failure.Message, StringComparison.Ordinal);
        await _tables.Open();
        await _tables.Open(change: options => options.CreateTables = false);
    }

    [Theory]
    [InlineData("DynamoDb:ServiceUrl", "nowhere")]
    [InlineData("DynamoDb:AccessKey", "without-a-secret")]
    [InlineData("DynamoDb:TablePrefix", "with space")]
    [InlineData("DynamoDb:ReadingRetentionDays", "0")]
    [InlineData("DynamoDb:EventRetentionDays", "8")]
    [InlineData("DynamoDb:MaxAttempts", "0")]
    public void A_wrong_setting_is_named_at_the_start(string setting, string value)
    {
        using var host = Host((setting, value));

        var failure = Assert.Throws<OptionsValidationException>(() => host.Services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains(setting.Split(':')[1], failure.Message, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => _tables.DisposeAsync();

    private static IHost Host(params (string Name, string Value)[] settings)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)));
        builder.Services.AddDynamoDbStorage(builder.Configuration).AddDynamoDbSessions();
        return builder.Build();
    }
}
