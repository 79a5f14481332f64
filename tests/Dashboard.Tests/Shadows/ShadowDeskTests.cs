using OrleansIot.Dashboard.Shadows;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Shadows;

namespace OrleansIot.Dashboard.Tests.Shadows;

public sealed class ShadowDeskTests : IAsyncDisposable
{
    private static readonly ShadowName Config = ShadowName.Parse("config");

    private readonly Plant _plant = new();

    [Fact]
    public async Task What_is_desired_and_not_reported_is_told_with_whose_wish_it_is_and_since_when()
    {
        await _plant.Shadow("boiler-7", """{"reported":{"setpoint":72,"fan":{"mode":"auto"}}}""", "boiler-7");
        var wished = await _plant.Shadow("boiler-7", """{"desired":{"setpoint":68,"fan":{"mode":"auto","speed":3}}}""", "alice");

        var differences = ShadowDifference.Of(wished);

        Assert.Equal([("fan.speed", "3", null), ("setpoint", "68", "72")], differences.Select(one => (one.Path, one.Desired, one.Reported)));
        Assert.All(differences, one => Assert.Equal(("alice", _plant.Now.UnixMilliseconds / 1_000), (one.By, one.Since.UnixMilliseconds / 1_000)));
    }

    [Fact]
    public async Task Only_what_was_changed_is_asked_for_so_that_the_rest_stays_somebody_elses()
    {
        await _plant.Shadow("boiler-7", """{"desired":{"setpoint":68,"fan":"auto"}}""", "alice");
        var desk = await Opened("boiler-7");
        desk.Edit();
        desk.Draft!.Text = """{"setpoint": 70, "fan": "auto", "lamp": null}""";

        await desk.Save(CancellationToken.None);

        Assert.Null(desk.Draft);
        Assert.Equal(2, desk.Shadow!.Version);
        Assert.Equal([("fan", "\"auto\"", "alice"), ("setpoint", "70", "operator")], ShadowDifference.Of(desk.Shadow).Select(one => (one.Path, one.Desired, one.By)));
    }

    [Theory]
    [InlineData("", "shadow.missing-payload", "Missing update payload. Write an object, or null to desire nothing.")]
    [InlineData("{\n  \"a\": }", "shadow.invalid-json", "Invalid JSON. Look at line 2, character 8.")]
    [InlineData("[1]", "shadow.desired-not-object", "Desired node must be an object. Put it between { and }.")]
    [InlineData("""{"a":[null]}""", "shadow.invalid-node", "State contains an invalid node.")]
    [InlineData("""{"a":{"b":{"c":{"d":{"e":{"f":{"g":1}}}}}}}""", "shadow.too-deep", "JSON contains too many levels of nesting; maximum is 6.")]
    public async Task What_cannot_be_desired_is_told_with_its_stable_code_and_stays_typed(string text, string code, string mend)
    {
        await _plant.Report("boiler-7", ("temperature", 60));
        var desk = await Opened("boiler-7");
        desk.Edit();
        desk.Draft!.Text = text;

        await desk.Save(CancellationToken.None);

        Assert.Equal((text, code, mend), (desk.Draft!.Text, desk.Draft.Code, desk.Draft.Mend));
        Assert.Null(desk.Shadow);
    }

    [Fact]
    public async Task What_the_text_leaves_out_stays_and_is_named()
    {
        await _plant.Shadow("boiler-7", """{"desired":{"setpoint":68,"fan":{"mode":"auto","speed":3}}}""", "alice");
        var desk = await Opened("boiler-7");
        desk.Edit();
        desk.Draft!.Text = """{"fan": {"mode": "off"}}""";
        desk.Draft.Read();
        Assert.Equal(["fan.speed", "setpoint"], desk.Draft.LeftOut);

        await desk.Save(CancellationToken.None);

        Assert.Equal("""{"fan":{"mode":"off","speed":3},"setpoint":68}""", ShadowText.Compact(desk.Shadow!.Desired!));
    }

    [Fact]
    public async Task Null_removes_a_key_and_null_alone_all_that_is_desired()
    {
        await _plant.Shadow("boiler-7", """{"desired":{"setpoint":68,"fan":"auto"},"reported":{"fan":"off"}}""", "alice");
        var desk = await Opened("boiler-7");
        desk.Edit();
        desk.Draft!.Text = """{"setpoint": null}""";
        await desk.Save(CancellationToken.None);
        Assert.Equal("""{"fan":"auto"}""", ShadowText.Compact(desk.Shadow!.Desired!));

        desk.Edit();
        desk.Draft!.Text = "null";
        await desk.Save(CancellationToken.None);
        Assert.Null(desk.Shadow!.Desired);
        Assert.NotNull(desk.Shadow.Reported);
    }

    [Fact]
    public async Task Somebody_elses_change_is_told_with_its_version_and_the_text_is_kept()
    {
        await _plant.Shadow("boiler-7", """{"desired":{"setpoint":68,"fan":"auto"}}""", "alice");
        var desk = await Opened("boiler-7");
        desk.Edit();
        desk.Draft!.Text = """{"setpoint": 70, "fan": "auto"}""";
        await _plant.Shadow("boiler-7", """{"desired":{"fan":"off"}}""", "bob");

        await desk.Save(CancellationToken.None);

        Assert.Equal("shadow.version-conflict", desk.Draft!.Code);
        Assert.Contains("version 2 by now; you began with version 1, and bob changed fan", desk.Draft.Overtaken, StringComparison.Ordinal);
        Assert.Equal("""{"setpoint": 70, "fan": "auto"}""", desk.Draft.Text);

        await desk.Save(CancellationToken.None);

        // What bob changed and this text only repeated stays his.
        Assert.Equal("""{"fan":"off","setpoint":70}""", ShadowText.Compact(desk.Shadow!.Desired!));
    }

    [Fact]
    public async Task A_device_that_reports_while_somebody_types_is_no_conflict()
    {
        await _plant.Shadow("boiler-7", """{"desired":{"setpoint":68}}""", "alice");
        var desk = await Opened("boiler-7");
        desk.Edit();
        desk.Draft!.Text = """{"setpoint": 70}""";
        await _plant.Shadow("boiler-7", """{"reported":{"setpoint":68}}""", "boiler-7");
        desk.Show(await _plant.Twin("boiler-7"));
        Assert.Null(desk.Draft.Overtaken);
        await _plant.Shadow("boiler-7", """{"reported":{"setpoint":67}}""", "boiler-7");

        await desk.Save(CancellationToken.None);

        Assert.Null(desk.Draft);
        Assert.Equal(4, desk.Shadow!.Version);
    }

    [Fact]
    public async Task An_older_look_does_not_take_back_what_was_just_saved()
    {
        await _plant.Shadow("boiler-7", """{"desired":{"setpoint":68}}""", "alice");
        var before = await _plant.Twin("boiler-7");
        var desk = await Opened("boiler-7");
        desk.Edit();
        desk.Draft!.Text = """{"setpoint": 70}""";
        await desk.Save(CancellationToken.None);

        desk.Show(before);

        Assert.Equal(2, desk.Shadow!.Version);
    }

    [Fact]
    public async Task A_named_shadow_is_made_by_naming_it_and_a_name_that_is_none_is_refused()
    {
        await _plant.Report("boiler-7", ("temperature", 60));
        var desk = await Opened("boiler-7");
        desk.NewName = "not a name";
        desk.Add();
        Assert.StartsWith("Invalid shadow name", desk.NameMend, StringComparison.Ordinal);

        desk.NewName = "config";
        desk.Add();
        desk.Draft!.Text = """{"interval": 5}""";
        await desk.Save(CancellationToken.None);

        Assert.Equal((Config, 1), (desk.Chosen, desk.Shadow!.Version));
        Assert.Equal([ShadowName.Classic, Config], desk.Names);
    }

    [Fact]
    public async Task A_device_with_named_shadows_only_shows_its_first()
    {
        await _plant.Shadow("boiler-7", """{"desired":{"interval":5}}""", "alice", Config);

        Assert.Equal(Config, (await Opened("boiler-7")).Chosen);
    }

    [Fact]
    public async Task A_shadow_is_deleted_as_it_was_seen_and_not_as_it_has_become()
    {
        await _plant.Shadow("boiler-7", """{"desired":{"setpoint":68}}""", "alice");
        var desk = await Opened("boiler-7");
        await _plant.Shadow("boiler-7", """{"desired":{"setpoint":69}}""", "bob");

        await desk.Delete(CancellationToken.None);
        Assert.Contains("version 2", desk.Trouble, StringComparison.Ordinal);
        Assert.NotNull(desk.Shadow);

        await desk.Delete(CancellationToken.None);
        Assert.Null(desk.Trouble);
        Assert.Null(desk.Shadow);
    }

    [Fact]
    public async Task One_that_is_deleted_while_somebody_types_is_told_and_saving_makes_it_anew()
    {
        await _plant.Shadow("boiler-7", """{"desired":{"setpoint":68}}""", "alice");
        var desk = await Opened("boiler-7");
        desk.Edit();
        desk.Draft!.Text = """{"setpoint": 70}""";
        await _plant.Operator.DeleteShadow(DeviceId.Parse("boiler-7"), ShadowName.Classic, 1);
        desk.Show(await _plant.Twin("boiler-7"));
        Assert.StartsWith("It was deleted meanwhile", desk.Draft!.Overtaken, StringComparison.Ordinal);

        await desk.Save(CancellationToken.None);
        Assert.Equal("""{"setpoint":70}""", ShadowText.Compact(desk.Shadow!.Desired!));
    }

    public ValueTask DisposeAsync() => _plant.DisposeAsync();

    private async Task<ShadowDesk> Opened(string device)
    {
        var desk = new ShadowDesk(DeviceId.Parse(device), _plant.Twins, _plant.Operator, ShadowLimits.Default.MaxDepth);
        desk.Show(await _plant.Twin(device));
        return desk;
    }
}
