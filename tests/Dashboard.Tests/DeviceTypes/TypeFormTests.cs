using System.Text;
using System.Text.Json;
using OrleansIot.Application.DeviceTypes;
using OrleansIot.Dashboard.DeviceTypes;
using OrleansIot.Domain.Devices.Types;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Dashboard.Tests.DeviceTypes;

public sealed class TypeFormTests
{
    [Fact]
    public void A_name_is_enough()
    {
        var type = new TypeForm { Name = "Heating pump" }.Build();

        Assert.Equal(("heating-pump", "Heating pump", BreachPolicy.Flag, false), (type!.Id.Value, type.Name, type.OnBreach, type.Strict));
        Assert.Empty(type.Metrics);
    }

    [Fact]
    public void A_type_read_into_the_form_comes_out_as_it_was()
    {
        var type = Pump() with { Version = 3 };

        var built = TypeForm.Of(type).Build();

        Assert.Equal(type with { Version = 0 }, built);
    }

    [Fact]
    public void What_is_wrong_is_told_in_the_words_of_the_api_and_names_the_field()
    {
        var form = new TypeForm { Id = "heat pump", Name = new string('n', 129) };
        form.Metrics.AddRange(
        [
            new TypeMetricRow(), // left blank, it is passed over
            new TypeMetricRow { Name = "inlet", Unit = "C", Min = "130", Max = "-20", From = "bar" },
            new TypeMetricRow { Name = "inlet", Min = "cold" },
            new TypeMetricRow { Unit = "V" },
        ]);
        form.Derived.Add(new DerivedMetricRow { Name = "load", Expression = "inlet +" });

        Assert.Null(form.Build());

        var api = DeviceTypeDocumentReader.Read(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new
        {
            id = "heat pump",
            name = new string('n', 129),
            metrics = new object[]
            {
                new { name = "inlet", unit = "C", min = 130, max = -20, transform = new { from = "bar" } },
                new { name = "inlet", min = "cold" },
                new { unit = "V" },
            },
            derived = new object[] { new { name = "load", expression = "inlet +" } },
        })));
        var inRows = form.Metrics.SelectMany(row => row.Mends.Sentences).Concat(form.Derived.SelectMany(row => row.Mends.Sentences)).ToList();
        Assert.Equal(["id", "name"], form.Mends.Keys.Order());
        Assert.Equal(api.Faults.Length, form.Mends.Count + inRows.Count);
        foreach (var fault in api.Faults.Where(fault => !fault.Path.Contains('[', StringComparison.Ordinal)))
            Assert.Equal($"{fault.Problem} {fault.Mend}", form.Mends[fault.Path], ignoreCase: true);

        Assert.Equal(
            api.Faults.Where(fault => fault.Path.Contains("].", StringComparison.Ordinal)).Select(fault => fault.ToString().Split("].", 2)[1]).Order(),
            inRows.Order());
        Assert.False(form.Metrics[0].Mends.Any);
        Assert.True(form.Metrics[1].Mends.Has("from") && form.Metrics[1].ShowsMore);
        Assert.True(form.Metrics[2].Mends.Has("min"));
        Assert.True(form.Metrics[3].Mends.Has("name"));
        Assert.True(form.Derived[0].Mends.Has("expression"));
    }

    [Fact]
    public void A_rule_of_the_whole_is_told_at_its_row_or_its_section()
    {
        var form = TypeForm.Of(Pump());
        form.Metrics.Add(new TypeMetricRow { Name = "inlet" });
        Assert.Null(form.Build());
        Assert.Equal("name: is 'inlet', which is there already. Give each metric a name of its own.", Assert.Single(form.Metrics[^1].Mends.Sentences));

        form.Metrics.RemoveAt(form.Metrics.Count - 1);
        form.Derived.Add(new DerivedMetricRow { Name = "again", Expression = "forth" });
        form.Derived.Add(new DerivedMetricRow { Name = "forth", Expression = "again" });
        Assert.Null(form.Build());
        Assert.StartsWith("Has metrics that are computed from each other in a circle.", form.Mends["derived"], StringComparison.Ordinal);

        form.Derived.RemoveRange(1, 2);
        Assert.NotNull(form.Build());
        Assert.Empty(form.Mends);
        Assert.DoesNotContain(form.Metrics, row => row.Mends.Any);
    }

    [Fact]
    public void A_comma_in_a_number_is_not_guessed_at()
    {
        var form = new TypeForm { Name = "x" };
        form.Metrics.Add(new TypeMetricRow { Name = "inlet", Max = "1,5" });

        Assert.Null(form.Build());
        Assert.Equal("max: is not a finite number. Write a number without quotation marks.", Assert.Single(form.Metrics[0].Mends.Sentences));
    }

    [Fact]
    public void What_is_proposed_is_added_and_what_is_typed_stays()
    {
        var form = TypeForm.Of(Pump());
        var proposed = new DeviceType(
            DeviceTypeId.Parse("pump"), "pump", null,
            [new(MetricName.Parse("inlet"), MetricKind.Number, null, 1, 2), new(MetricName.Parse("load"), MetricKind.Number), new(MetricName.Parse("flow"), MetricKind.Number, null, 0, 9, Required: true)],
            [], BreachPolicy.Flag, Strict: false, 0);

        Assert.Equal(1, form.Add(proposed));

        Assert.Equal(["inlet", "pressure", "running", "flow"], form.Metrics.Select(row => row.Name));
        Assert.Equal(("-20", "130"), (form.Metrics[0].Min, form.Metrics[0].Max));
        Assert.Equal(("0", "9", true), (form.Metrics[3].Min, form.Metrics[3].Max, form.Metrics[3].Required));
    }

    internal static DeviceType Pump() => new(
        DeviceTypeId.Parse("pump"),
        "Heating pump",
        "Of the boiler house",
        [
            new(MetricName.Parse("inlet"), MetricKind.Number, "C", -20, 130, Required: true, "Before the pump", UnitTransform.Between("F", "C")),
            new(MetricName.Parse("pressure"), MetricKind.Number, "bar", null, 16.000000001, Transform: new UnitTransform(null, 0.1, -1)),
            new(MetricName.Parse("running"), MetricKind.Boolean),
        ],
        [new(MetricName.Parse("load"), "if(running, pressure / 16, 0)", "ratio", "Of the most")],
        BreachPolicy.Refuse,
        Strict: true,
        0);
}
