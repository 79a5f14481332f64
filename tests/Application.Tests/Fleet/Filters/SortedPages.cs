using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Fleet.Filters;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Tests.Fleet.Filters;

public sealed class SortedPages
{
    private static readonly Gen<List<Twin>> Fleets =
        AnyFilter.Twins.ListOf(25).Select(twins => twins.Select((twin, i) => twin with { Device = DeviceId.Parse($"{twin.Device}-{i}") }).ToList());

    private static readonly Gen<(List<Twin> Fleet, DeviceSort Sort, int Limit)> Given =
        from fleet in Fleets
        from sort in AnyFilter.Sorts
        from limit in Gen.Choose(1, 30)
        select (fleet, sort, limit);

    [Fact]
    public void Pages_one_after_the_other_are_the_whole_list_in_order() =>
        Prop.ForAll(Given.ToArbitrary(), given =>
        {
            var (fleet, sort, limit) = given;
            var expected = fleet.OrderBy(twin => twin, Comparer<Twin>.Create((left, right) => Compare(left, right, sort))).Select(twin => twin.Device).ToList();

            Assert.Equal(expected, Pages(fleet, sort, limit));
            Assert.Equal(expected.Skip(7).Take(limit), Page(fleet, sort, limit, offset: 7).Items.Select(twin => twin.Device));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Pages_of_a_fleet_in_parts_are_those_of_the_whole() =>
        Prop.ForAll(Given.ToArbitrary(), given =>
        {
            var (fleet, sort, limit) = given;
            string? cursor = null;
            do
            {
                var query = new DeviceQuery(Sort: sort.ToString(), Cursor: cursor, Limit: limit);
                var parts = fleet.GroupBy(twin => twin.Device.Value.Length % 2).Select(part => FleetListing.List(part, FleetListing.OfPart(query), AnyFilter.Now)).ToList();
                var merged = FleetListing.Merge(parts, query);
                var whole = FleetListing.List(fleet, query, AnyFilter.Now);

                Assert.Equal(whole.Items, merged.Items);
                Assert.Equal((whole.Total, whole.Next), (merged.Total, merged.Next));
                cursor = whole.Next;
            }
            while (cursor is not null);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Between_two_pages_devices_come_go_and_change_and_those_that_stay_are_seen_once()
    {
        var sort = DeviceSort.Parse("-temperature");
        var fleet = Enumerable.Range(0, 20).Select(i => Hot($"d{i:00}", i)).ToList();
        var first = Page(fleet, sort, 8);
        Assert.Equal("d12", first.Items[^1].Device.Value);

        fleet.RemoveAll(twin => twin.Device.Value is "d12" or "d19" or "d11");
        fleet.Add(Hot("new-above", 100));
        fleet.Add(Hot("new-below", 5.5));
        var rest = Pages(fleet, sort, 8, first.Next).Select(device => device.Value);

        Assert.Equal(["d10", "d09", "d08", "d07", "d06", "new-below", "d05", "d04", "d03", "d02", "d01", "d00"], rest);
    }

    [Fact]
    public void Those_without_the_value_come_last_both_ways()
    {
        List<Twin> fleet = [new(DeviceId.Parse("none")), Hot("cold", -5), Hot("hot", 90)];
        Assert.Equal(["cold", "hot", "none"], Page(fleet, DeviceSort.Parse("temperature"), 9).Items.Select(twin => twin.Device.Value));
        Assert.Equal(["hot", "cold", "none"], Page(fleet, DeviceSort.Parse("-temperature"), 9).Items.Select(twin => twin.Device.Value));
    }

    [Theory]
    [InlineData("", "sort.syntax", 1)]
    [InlineData("-", "sort.syntax", 2)]
    [InlineData("name,", "sort.syntax", 6)]
    [InlineData("name id", "sort.syntax", 6)]
    [InlineData("tags", "sort.field", 1)]
    [InlineData("name,-name", "sort.field", 6)]
    [InlineData("a,b,c,d,e", "sort.too-many", 9)]
    [InlineData("[]", "sort.field", 1)]
    [InlineData("[a", "sort.metric-unclosed", 1)]
    public void What_is_wrong_with_an_order_is_named_with_its_place(string sort, string code, int position)
    {
        Assert.False(DeviceSort.TryParse(sort, out _, out var fault));
        Assert.Equal((code, position), (fault.Code, fault.Position));
    }

    [Fact]
    public void A_cursor_of_another_order_or_one_that_was_changed_is_none()
    {
        var sort = DeviceSort.Parse("-temperature,name");
        var cursor = Page([Hot("a", 1), Hot("b", 2)], sort, 1).Next!;
        Assert.True(DeviceCursor.IsValid(cursor, sort));
        Assert.False(DeviceCursor.IsValid(cursor, DeviceSort.Parse("temperature,name")));
        Assert.False(DeviceCursor.IsValid("b", sort));
        Assert.False(DeviceCursor.IsValid(new string('A', 40_000), sort));

        foreach (var json in new[] { "[]", "{}", "[1]", """[2,"-temperature,name","a",2,1,0,0]""", """[1,"-temperature,name","a b",2,1,0,0]""", """[1,"-temperature,name","a",9,1,0,0]""", """[1,"-temperature,name","a",2,"1",0,0]""", """[1,"-temperature,name","\ud800",2,1,0,0]""", """[1,"-temperature,name","a",5,"\ud800",0,0]""" })
            Assert.False(DeviceCursor.IsValid(Convert.ToBase64String(Encoding.UTF8.GetBytes(json)).TrimEnd('=').Replace('+', '-').Replace('/', '_'), sort));
    }

    [Fact]
    public void No_cursor_makes_it_throw() =>
        Prop.ForAll(Gen.Zip(Gen.Choose(0, 100), Gen.Elements("A", "_", "", "=", "é", "Zm9v")).ToArbitrary(), change =>
        {
            var sort = DeviceSort.Parse("name,-temperature");
            var cursor = Page([Hot("a", 1), Hot("b", 2)], sort, 1).Next!;
            var at = change.Item1 % cursor.Length;
            _ = DeviceCursor.IsValid(cursor[..at] + change.Item2 + cursor[(at + 1)..], sort);
        }).QuickCheckThrowOnFailure();

    // Straight from the words of docs/search.md.
    private static int Compare(Twin left, Twin right, DeviceSort sort)
    {
        foreach (var key in sort.Keys)
        {
            var (a, b) = (key.Field.ValueOf(left), key.Field.ValueOf(right));
            if (a == b)
                continue;

            if (a.IsMissing)
                return 1;

            if (b.IsMissing)
                return -1;

            return key.IsDescending ? b.CompareTo(a) : a.CompareTo(b);
        }

        return left.Device.CompareTo(right.Device);
    }

    private static List<DeviceId> Pages(List<Twin> fleet, DeviceSort sort, int limit, string? cursor = null)
    {
        var seen = new List<DeviceId>();
        do
        {
            var page = Page(fleet, sort, limit, cursor);
            Assert.Equal(fleet.Count, page.Total);
            seen.AddRange(page.Items.Select(twin => twin.Device));
            cursor = page.Next;
        }
        while (cursor is not null);

        return seen;
    }

    private static DevicePage Page(List<Twin> fleet, DeviceSort sort, int limit, string? cursor = null, int offset = 0) =>
        FleetListing.List(fleet, new DeviceQuery(Sort: sort.ToString(), Cursor: cursor, Limit: limit, Offset: offset), AnyFilter.Now);

    private static Twin Hot(string device, double temperature) => new(DeviceId.Parse(device))
    {
        Version = 1,
        Readings = LastValues.Of([new LastValue(MetricName.Parse("temperature"), MetricValue.Of(temperature), AnyFilter.Now)]),
    };
}
