using System.Reflection;
using System.Text;
using OrleansIot.Grains.Interfaces.Devices;

namespace OrleansIot.Grains.Tests;

/// <summary>
/// What integrators compile against and what travels, as it was reviewed last. A change of it shows in contract.txt: a new field
/// takes a new id, and none that was there changes its type, its id or its alias, for old clients meet new silos.
/// </summary>
public sealed class ContractSnapshot
{
    private const string File = "contract.txt";

    [Fact]
    public void The_contract_is_as_it_was_reviewed()
    {
        var now = Describe();
        var reviewed = System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, File)).ReplaceLineEndings("\n");
        if (now == reviewed)
            return;

        var written = Path.Combine(AppContext.BaseDirectory, "contract.now.txt");
        System.IO.File.WriteAllText(written, now);
        Assert.Fail($"The grain contract differs from tests/Grains.Tests/{File}. If that is meant, look at the difference, and copy {written} over it.");
    }

    [Fact]
    public void Every_interface_method_and_message_has_a_name_of_its_own()
    {
        var aliases = Types.Select(AliasOf).ToList();

        Assert.All(aliases, Assert.NotNull);
        Assert.Equal(aliases.Count, aliases.Distinct().Count());
        foreach (var contract in Types.Where(type => type.IsInterface))
        {
            var methods = contract.GetMethods().Select(method => method.GetCustomAttribute<AliasAttribute>()?.Alias).ToList();
            Assert.All(methods, Assert.NotNull);
            Assert.Equal(methods.Count, methods.Distinct().Count());
        }
    }

    [Fact]
    public void Every_message_is_sealed_and_immutable() =>
        Assert.All(Types.Where(type => !type.IsInterface), type =>
        {
            Assert.True(type.IsSealed, $"{type.Name} is not sealed.");
            Assert.True(type.GetCustomAttribute<ImmutableAttribute>() is not null, $"{type.Name} is not [Immutable].");
            Assert.All(Fields(type), field => Assert.True(field.Id is not null, $"{type.Name}.{field.Property.Name} has no [Id]."));
        });

    private static IEnumerable<Type> Types => typeof(IDeviceGrain).Assembly.GetExportedTypes()
        .Where(type => type.Namespace!.StartsWith("OrleansIot.Grains.Interfaces", StringComparison.Ordinal) && !type.IsNested)
        .OrderBy(type => type.FullName, StringComparer.Ordinal);

    private static string? AliasOf(Type type) => type.GetCustomAttribute<AliasAttribute>()?.Alias;

    private static IEnumerable<(PropertyInfo Property, uint? Id)> Fields(Type type) => type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.Name != "EqualityContract")
        .Select(property => (property, property.GetCustomAttribute<IdAttribute>()?.Id))
        .OrderBy(field => field.Id);

    private static string Describe()
    {
        var text = new StringBuilder();
        foreach (var type in Types)
        {
            text.Append(type.IsInterface ? "interface " : "message ").Append(type.FullName).Append(" as ").Append(AliasOf(type)).Append('\n');
            if (type.IsInterface)
            {
                text.Append("  key: ").AppendJoin(", ", type.GetInterfaces().Select(parent => parent.Name).Order(StringComparer.Ordinal)).Append('\n');
                foreach (var method in type.GetMethods().OrderBy(method => method.GetCustomAttribute<AliasAttribute>()?.Alias, StringComparer.Ordinal))
                {
                    var parameters = method.GetParameters().Select(parameter => $"{NameOf(parameter.ParameterType)} {parameter.Name}");
                    text.Append("  ").Append(method.GetCustomAttribute<AliasAttribute>()?.Alias).Append(": ")
                        .Append(NameOf(method.ReturnType)).Append(' ').Append(method.Name).Append('(').AppendJoin(", ", parameters).Append(")\n");
                }
            }
            else
            {
                foreach (var (property, id) in Fields(type))
                    text.Append("  ").Append(id).Append(": ").Append(NameOf(property.PropertyType)).Append(' ').Append(property.Name).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string NameOf(Type type) => type.IsGenericType
        ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>"
        : type.Name;
}
