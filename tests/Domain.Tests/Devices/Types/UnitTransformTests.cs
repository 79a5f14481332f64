using OrleansIot.Domain.Devices.Types;

namespace OrleansIot.Domain.Tests.Devices.Types;

public sealed class UnitTransformTests
{
    [Theory]
    [InlineData("F", "C", 212, 100)]
    [InlineData("F", "C", -40, -40)]
    [InlineData("C", "F", 37, 98.6)]
    [InlineData("K", "C", 0, -273.15)]
    [InlineData("psi", "bar", 14.503773773, 1)]
    [InlineData("mV", "V", 3300, 3.3)]
    [InlineData("km/h", "m/s", 36, 10)]
    [InlineData("ratio", "%", 0.07, 7)]
    [InlineData("m3/h", "l/min", 0.06, 1)]
    [InlineData("C", "C", 21.7, 21.7)]
    public void Known_units_are_converted(string from, string to, double sent, double kept) =>
        Assert.Equal(kept, UnitTransform.Between(from, to)!.Apply(sent)!.Value, 9);

    [Theory]
    [InlineData("F", "bar")]
    [InlineData("furlong", "m")]
    [InlineData("F", "c")]
    public void Units_that_measure_something_else_or_are_not_known_are_not(string from, string to) => Assert.Null(UnitTransform.Between(from, to));

    [Fact]
    public void Every_known_unit_goes_there_and_back() =>
        Assert.All(Units.Names, from => Assert.All(Units.Names, to =>
        {
            if (UnitTransform.Between(from, to) is { } there)
                Assert.Equal(20.5, UnitTransform.Between(to, from)!.Apply(there.Apply(20.5)!.Value)!.Value, 6);
        }));

    [Fact]
    public void Noise_of_the_computation_is_not_kept()
    {
        Assert.Equal(0.3, new UnitTransform(null, 0.1, 0).Apply(3));
        Assert.Equal(21.1111111111, UnitTransform.Between("F", "C")!.Apply(70));
        Assert.Equal(1e-9, new UnitTransform(null, 1e-9, 0).Apply(1));
    }

    [Fact]
    public void What_is_beyond_numbers_has_no_value() => Assert.Null(new UnitTransform(null, 10, 0).Apply(1e308));
}
