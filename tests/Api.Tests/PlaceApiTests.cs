using System.Text.Json.Nodes;
using OrleansIot.Api.Tests.Host;
using OrleansIot.Domain.Devices;

namespace OrleansIot.Api.Tests;

public sealed class PlaceApiTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ApiHost.Started();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Sites_are_a_tree_and_every_level_counts_what_is_within()
    {
        await _host.PutRule("hot", ""","severity":"critical" """);
        await At("a", "plant-1/hall-1");
        await At("b", "plant-1/hall-1/line-1");
        await At("c", "plant-1");
        await At("d", "depot");
        await _host.Describe("nowhere", DeviceDescription.None);
        await _host.Report("b", ("t", 99));
        await _host.Report("c", ("t", 1));

        var sites = (await _host.Get("/api/v1/sites"))["items"]!.AsArray();

        Assert.Equal(["depot", "plant-1"], sites.Select(site => (string?)site!["site"]));
        Assert.Equal((1, 0, 1, null), Counts(sites[0]!));
        var plant = sites[1]!;
        Assert.Equal((3, 2, 1, "critical"), Counts(plant));
        var hall = Assert.Single(plant["sites"]!.AsArray())!;
        Assert.Equal(("plant-1/hall-1", "hall-1"), ((string?)hall["site"], (string?)hall["name"]));
        Assert.Equal((2, 1, 1, "critical"), Counts(hall));
        var line = Assert.Single(hall["sites"]!.AsArray())!;
        Assert.Equal((1, 1, 0, "critical"), Counts(line));
        Assert.Empty(line["sites"]!.AsArray());
    }

    [Fact]
    public async Task Groups_count_their_devices_and_a_device_counts_in_each()
    {
        await _host.PutRule("hot");
        await _host.Describe("a", DeviceDescription.None with { Groups = ["night", "heating"] });
        await _host.Describe("b", DeviceDescription.None with { Groups = ["heating"] });
        await _host.Report("a", ("t", 99));

        var groups = (await _host.Get("/api/v1/groups"))["items"]!.AsArray();

        Assert.Equal(["heating", "night"], groups.Select(group => (string?)group!["group"]));
        Assert.Equal((2, 1, 1, "warning"), Counts(groups[0]!));
        Assert.Equal((1, 1, 0, "warning"), Counts(groups[1]!));
    }

    private Task At(string device, string site) => _host.Describe(device, DeviceDescription.None with { Site = site });

    private static (int Devices, int Online, int Unknown, string? Severity) Counts(JsonNode part) =>
        ((int)part["devices"]!, (int)part["online"]!, (int)part["unknown"]!, (string?)part["severity"]);
}
