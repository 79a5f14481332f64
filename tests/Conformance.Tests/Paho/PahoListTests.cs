using System.Reflection;

namespace OrleansIot.Conformance.Tests.Paho;

/// <summary>The tests are listed here, so that there are as many of them with the suites as without; none is to be forgotten.</summary>
public sealed class PahoListTests
{
    [Fact]
    public async Task Every_test_of_the_suite_for_3_1_1_is_listed() =>
        Assert.Equal((await PahoSuite.List(PahoSuite.V311)).Order(StringComparer.Ordinal), Listed(typeof(PahoV311Tests)));

    [Fact]
    public async Task Every_test_of_the_suite_for_5_0_is_listed() =>
        Assert.Equal(
            (await PahoSuite.List(PahoSuite.V5)).Order(StringComparer.Ordinal),
            Listed(typeof(PahoV5SessionTests), typeof(PahoV5MessageTests), typeof(PahoV5SubscriptionTests), typeof(PahoV5FlowTests)));

    private static IEnumerable<string> Listed(params Type[] classes) => classes
        .SelectMany(tests => tests.GetMethod(nameof(PahoV311Tests.Passes))!.GetCustomAttributes<InlineDataAttribute>())
        .Select(listed => (string)listed.Data[0]!)
        .Order(StringComparer.Ordinal);
}
