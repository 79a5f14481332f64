using OrleansIot.Dashboard.DeviceDetail;
using OrleansIot.Domain.Devices;

namespace OrleansIot.Dashboard.Tests.DeviceDetail;

public sealed class DeviceFormTests
{
    private static readonly DeviceDescription Boiler = new("Boiler 7", "boiler", null, ["line-1"])
    {
        Site = "lyon/hall-b",
        Groups = ["heat"],
        Metadata = [new("installed", "2024"), new("serial", "A-1")],
    };

    [Fact]
    public void Tags_are_told_apart_by_commas_and_blanks_say_nothing()
    {
        var form = new DeviceForm { Name = " Boiler 7 ", Location = "  ", Tags = "line-1, , 24/7,line-1" };

        var description = form.Describe()!;

        Assert.Equal(("Boiler 7", null, null), (description.Name, description.Type, description.Location));
        Assert.Equal(["line-1", "24/7"], description.Tags);
    }

    [Fact]
    public void What_is_too_long_is_named_with_its_mend()
    {
        var form = new DeviceForm { Name = new string('x', 129), Tags = string.Join(',', Enumerable.Range(0, 51)) };

        Assert.Null(form.Describe());
        Assert.Equal("129 characters; shorten it to 128.", form.Mends["Name"]);
        Assert.Equal("51 tags; a device has at most 50.", form.Mends["Tags"]);
    }

    [Fact]
    public void What_was_not_touched_comes_back_as_it_was() => Assert.Equal(Boiler, DeviceForm.Of(Boiler).Describe());

    [Fact]
    public void Metadata_is_put_in_order_and_a_blank_row_says_nothing()
    {
        var form = DeviceForm.Of(Boiler);
        form.RemoveRow(form.Metadata[0]);
        form.AddRow();
        form.AddRow();
        (form.Metadata[1].Key, form.Metadata[1].Value) = (" asset ", " 0815 ");

        Assert.Equal([new("asset", "0815"), new("serial", "A-1")], form.Describe()!.Metadata);
    }

    [Fact]
    public void Each_row_of_metadata_says_itself_what_is_wrong_with_it()
    {
        var form = DeviceForm.Of(Boiler);
        form.Metadata.AddRange([new() { Key = "not a key", Value = "1" }, new() { Key = "empty" }, new() { Key = "serial", Value = "A-2" }, new() { Key = new string('k', 65), Value = "1" }]);

        Assert.Null(form.Describe());
        Assert.Empty(form.Mends);
        Assert.Equal([false, false, true, true, true, true], form.Metadata.Select(row => row.Mend is not null));
        Assert.Equal("The key comes twice; keep one of them.", form.Metadata[4].Mend);
    }

    [Fact]
    public void A_site_with_an_empty_level_is_marked()
    {
        var form = new DeviceForm { Site = "lyon//hall-b" };

        Assert.Null(form.Describe());
        Assert.Contains("plant-1/hall-2", form.Mends["Site"], StringComparison.Ordinal);
    }

    [Fact]
    public void What_somebody_else_changed_meanwhile_is_kept_beside_what_is_typed()
    {
        var form = DeviceForm.Of(Boiler);
        form.Location = "corner";
        form.Metadata[1].Value = "A-2";
        var theirs = Boiler with { Site = "lyon/hall-c", Metadata = [new("installed", "2025"), new("serial", "A-1"), new("vendor", "x")] };

        Assert.True(form.Meet(theirs));
        Assert.Equal(theirs, form.Before);
        Assert.Equal(
            theirs with { Location = "corner", Metadata = [new("installed", "2025"), new("serial", "A-2"), new("vendor", "x")] },
            form.Describe());
    }

    [Fact]
    public void What_both_changed_is_marked_and_stays_as_it_is_typed()
    {
        var form = DeviceForm.Of(Boiler);
        form.Name = "Seven";
        form.Metadata[1].Value = "A-2";

        Assert.False(form.Meet(Boiler with { Name = "Boiler VII", Metadata = [new("serial", "A-3")] }));
        Assert.Contains("Boiler VII", form.Mends["Name"], StringComparison.Ordinal);
        Assert.Contains("A-3", Assert.Single(form.Metadata).Mend, StringComparison.Ordinal);
        Assert.Equal("Seven", form.Describe()!.Name);
    }
}
