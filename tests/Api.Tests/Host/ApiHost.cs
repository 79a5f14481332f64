using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansIot.Application.Access;
using OrleansIot.Application.Access.Ports;
using OrleansIot.Application.Alerts.Ports;
using OrleansIot.Application.DeviceTypes;
using OrleansIot.Application.DeviceTypes.Ports;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.History.Ports;
using OrleansIot.Application.Notifications.Ports;
using OrleansIot.Application.Past;
using OrleansIot.Application.Rules;
using OrleansIot.Application.Rules.Ports;
using OrleansIot.Application.Telemetry;
using OrleansIot.Application.Twins;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;
using OrleansIot.TestKit.Storage;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Api.Tests.Host;

/// <summary>The API on a real Kestrel at a free port of this machine, over twins by the real rules and a clock of the test's.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ApiHost(WebApplication app)
    {
        _app = app;
        Client = NewClient();
    }

    public static DateTimeOffset Start { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public ManualTime Time { get; private init; } = null!;

    public InMemoryRuleStore Rules { get; private init; } = null!;

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public Uri Address => new(_app.Urls.Single());

    public LocalTwins Twins => _app.Services.GetRequiredService<LocalTwins>();

    public LocalHistory History => _app.Services.GetRequiredService<LocalHistory>();

    public LocalOutbox Outbox => _app.Services.GetRequiredService<LocalOutbox>();

    public IngestStatistics Statistics => _app.Services.GetRequiredService<IngestStatistics>();

    public Instant Now => Instant.From(Time.GetUtcNow());

    public static async Task<ApiHost> Started(Action<IServiceCollection>? more = null, params string[] args)
    {
        var time = new ManualTime(Start);
        var rules = new InMemoryRuleStore();
        await rules.MarkSeeded(default); // none are shipped
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddSingleton<IRuleStore>(rules);
        builder.Services.AddRules();
        builder.Services.AddSingleton<IDeviceTypeStore, InMemoryDeviceTypeStore>().AddDeviceTypes(builder.Configuration);
        builder.Services.AddSingleton<SchemaInference>();
        builder.Services.AddSingleton<IngestStatistics>().AddSingleton<IIngestStatistics>(services => services.GetRequiredService<IngestStatistics>());
        builder.Services.AddSingleton<FleetIndex>().AddSingleton<IFleet>(services => services.GetRequiredService<FleetIndex>());
        builder.Services.AddSingleton<LocalTwins>();
        builder.Services.AddSingleton<ITwins>(services => services.GetRequiredService<LocalTwins>());
        builder.Services.AddSingleton<IAlertBook>(services => services.GetRequiredService<LocalTwins>());
        builder.Services.AddSingleton(services => new TwinPast(services.GetRequiredService<LocalTwins>().Past, services.GetRequiredService<LocalTwins>().Past));
        builder.Services.AddSingleton<LocalHistory>().AddSingleton<IReadingHistory>(services => services.GetRequiredService<LocalHistory>());
        builder.Services.AddSingleton<LocalOutbox>().AddSingleton<IOutbox>(services => services.GetRequiredService<LocalOutbox>());
        builder.Services.AddSingleton<IAccessStore, InMemoryAccessStore>().AddSingleton<IAccessBook, AccessBook>();
        builder.Services.AddApi(builder.Configuration);
        more?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseApi();
        app.MapApi();
        app.MapGet("/", () => "dashboard");
        app.MapPost("/change", () => "changed");
        await app.StartAsync();
        return new ApiHost(app) { Time = time, Rules = rules };
    }

    public HttpClient NewClient(bool cookies = false) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = cookies }) { BaseAddress = Address, Timeout = TimeLimit.Usual };

    public async Task Report(string device, params (string Metric, double Value)[] metrics)
    {
        var reading = new Reading(Now, Now, [.. metrics.Select(metric => new Metric(MetricName.Parse(metric.Metric), MetricValue.Of(metric.Value)))]);
        await Execute(device, new TwinCommand.Ingest(reading, MessageKey.None, false, false, null));
    }

    public async Task Describe(string device, DeviceDescription description) => await Execute(device, new TwinCommand.Describe(description, Now));

    public async Task PutRule(string id, string more = "") =>
        await Answer(HttpMethod.Put, $"/api/v1/rules/{id}", $$$"""{"condition":{"metric":"t","operator":">","threshold":50}{{{more}}}}""", 201);

    public Task<JsonNode> Get(string path, int status = 200) => Answer(HttpMethod.Get, path, null, status);

    /// <summary>Asks, holds the answer to its status, and reads it as JSON.</summary>
    public async Task<JsonNode> Answer(HttpMethod method, string path, string? json, int status)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");

        using var response = await Client.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, $"{method} {path} answered {(int)response.StatusCode}, not {status}: {body}");
        Assert.Equal(status < 400 ? "application/json" : "application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var node = JsonNode.Parse(body)!;
        if (status >= 400)
            Assert.Equal(status, (int)node["status"]!);

        return node;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Client.Dispose();
    }

    public async Task Execute(string device, TwinCommand command) =>
        Assert.IsType<Decision.Accepted>(await Twins.Execute(DeviceId.Parse(device), command));
}
