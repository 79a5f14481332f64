using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrleansIot.Application.Alerts.Ports;
using OrleansIot.Application.History.Ports;
using OrleansIot.Application.Notifications.Ports;
using OrleansIot.Application.Rules.Ports;
using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Storage.Sqlite;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.Sqlite;

public sealed class RegistrationTests : IAsyncDisposable
{
    private readonly StoreDirectory _directory = new();

    [Fact]
    public async Task Every_port_is_served_by_the_one_store_in_the_configured_directory()
    {
        await using (var services = Services(("Data:Path", _directory.Path)))
        {
            await services.GetRequiredService<ITwinJournal>().Append(Append(Boiler, 0, Recorded(0, 1)), default);

            Assert.Equal([Boiler], await services.GetRequiredService<ITwinSnapshots>().Devices(default).ToListAsync());
            Assert.Single(await services.GetRequiredService<IReadingHistory>().Readings(Boiler, At(0), At(1), 1, default));
            Assert.NotNull(services.GetRequiredService<IAlertBook>());
            Assert.NotNull(services.GetRequiredService<IRuleStore>());
            Assert.NotNull(services.GetRequiredService<IOutbox>());
            Assert.Empty((await services.GetRequiredService<ISessionStore>().Load(default)).Sessions);
        }

        Assert.Equal(1, _directory.Number("SELECT count(*) FROM log"));
    }

    [Theory]
    [InlineData("Data:ReadingRetentionDays", "0")]
    [InlineData("Data:RollupRetentionDays", "-1")]
    [InlineData("Data:Path", "")]
    public async Task A_wrong_setting_is_named_at_the_start(string setting, string value)
    {
        await using var services = Services((setting, value));

        var failure = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains(setting.Split(':')[1], failure.Message, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => _directory.DisposeAsync();

    private static ServiceProvider Services(params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))).Build();
        return new ServiceCollection().AddLogging().AddSqliteStorage(configuration).BuildServiceProvider();
    }
}
