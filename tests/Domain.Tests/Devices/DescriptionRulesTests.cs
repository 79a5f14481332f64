using OrleansIot.Domain.Devices;

namespace OrleansIot.Domain.Tests.Devices;

public sealed class DescriptionRulesTests
{
    private static readonly DeviceDescription Full = new("Boiler", "boiler", "Cellar", ["old", "wet"])
    {
        Organisation = "Acme",
        Site = "plant-1/hall 2/line-3",
        Groups = ["heating"],
        Metadata = [new("contract.id", "C-7"), new("serial", "Ü-77")],
        Firmware = "1.4.2",
    };

    [Fact]
    public void What_is_within_the_limits_can_be_said()
    {
        Assert.Empty(DescriptionRules.Check(DeviceDescription.None));
        Assert.Empty(DescriptionRules.Check(Full));
        Assert.Empty(DescriptionRules.Check(Full with
        {
            Name = new string('n', DeviceDescription.MaxTextLength),
            Site = string.Join('/', Enumerable.Repeat(new string('s', DeviceDescription.MaxSiteLevelLength), DeviceDescription.MaxSiteLevels)),
            Tags = [.. Enumerable.Range(0, DeviceDescription.MaxTags).Select(i => $"t{i}")],
            Groups = [.. Enumerable.Range(0, DeviceDescription.MaxGroups).Select(i => $"g{i}")],
            Metadata = [.. Enumerable.Range(0, DeviceDescription.MaxMetadata).Select(i => new MetadataEntry($"k{i:000}", new string('v', DeviceDescription.MaxMetadataValueLength)))],
        }));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" Boiler")]
    [InlineData("Boil\ner")]
    public void A_text_that_is_none_is_refused(string text)
    {
        var all = Full with { Name = text, Type = text, Location = text, Organisation = text, Firmware = text };

        Assert.Equal(
            ["device.name-invalid", "device.type-invalid", "device.location-invalid", "device.organisation-invalid", "device.firmware-invalid"],
            DescriptionRules.Check(all).Select(fault => fault.Code));
    }

    [Theory]
    [InlineData("/plant")]
    [InlineData("plant/")]
    [InlineData("plant//hall")]
    [InlineData("plant/ hall")]
    [InlineData("a/b/c/d/e/f/g/h/i")]
    public void A_site_whose_levels_are_none_is_refused(string site) =>
        Assert.Equal(("device.site-invalid", "site"), Only(Full with { Site = site }));

    [Fact]
    public void What_is_one_beyond_a_limit_is_refused_by_its_field()
    {
        Assert.Equal(("device.name-invalid", "name"), Only(Full with { Name = new string('n', DeviceDescription.MaxTextLength + 1) }));
        Assert.Equal(("device.site-invalid", "site"), Only(Full with { Site = new string('s', DeviceDescription.MaxSiteLevelLength + 1) }));
        Assert.Equal(("device.tags-too-many", "tags"), Only(Full with { Tags = [.. Enumerable.Range(0, DeviceDescription.MaxTags + 1).Select(i => $"t{i}")] }));
        Assert.Equal(("device.tags-invalid", "tags[1]"), Only(Full with { Tags = ["a", ""] }));
        Assert.Equal(("device.groups-invalid", "groups"), Only(Full with { Groups = ["a", "a"] }));
        Assert.Equal(("device.metadata-too-many", "metadata"), Only(Full with { Metadata = [.. Enumerable.Range(0, DeviceDescription.MaxMetadata + 1).Select(i => new MetadataEntry($"k{i:000}", "v"))] }));
        Assert.Equal(("device.metadata-value-invalid", "metadata.k"), Only(Full with { Metadata = [new("k", new string('v', DeviceDescription.MaxMetadataValueLength + 1))] }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("serial number")]
    [InlineData("größe")]
    [InlineData("a/b")]
    public void A_metadata_key_of_other_characters_is_refused(string key) =>
        Assert.Equal("device.metadata-key-invalid", Only(Full with { Metadata = [new(key, "v")] }).Code);

    [Fact]
    public void Metadata_come_in_order_and_once() =>
        Assert.Equal("device.metadata-key-invalid", Only(Full with { Metadata = [new("b", "v"), new("a", "v")] }).Code);

    [Fact]
    public void The_levels_of_a_site_are_its_prefixes() =>
        Assert.Equal(["plant-1", "plant-1/hall 2", "plant-1/hall 2/line-3"], DescriptionRules.LevelsOf(Full.Site!));

    private static (string Code, string Field) Only(DeviceDescription description)
    {
        var fault = Assert.Single(DescriptionRules.Check(description));
        Assert.False(string.IsNullOrEmpty(fault.Mend));
        return (fault.Code, fault.Field);
    }
}
