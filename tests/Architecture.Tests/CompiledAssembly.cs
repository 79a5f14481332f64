using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace OrleansIot.Architecture.Tests;

/// <summary>What a built assembly references, read from its metadata without loading it.</summary>
internal sealed class CompiledAssembly
{
    private static readonly string Bcl = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    private CompiledAssembly(IReadOnlyList<string> references, IReadOnlyList<string> types)
    {
        References = references;
        Types = types;
    }

    /// <summary>Names of the assemblies it uses.</summary>
    public IReadOnlyList<string> References { get; }

    /// <summary>Full names of the types of other assemblies that it uses.</summary>
    public IReadOnlyList<string> Types { get; }

    /// <summary>Null where it does not lie beside the tests.</summary>
    public static CompiledAssembly? Find(string project)
    {
        var file = Path.Combine(AppContext.BaseDirectory, $"OrleansIot.{project}.dll");
        if (!File.Exists(file))
            return null;

        using var image = new PEReader(File.OpenRead(file));
        var metadata = image.GetMetadataReader();
        return new(
            [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))],
            [.. metadata.TypeReferences.Select(metadata.GetTypeReference).Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}")]);
    }

    public static CompiledAssembly Of(string project) => Find(project)
        ?? throw new FileNotFoundException($"OrleansIot.{project}.dll does not lie beside the tests. Add a ProjectReference to it in tests/Architecture.Tests.");

    /// <summary>Whether the assembly is part of .NET itself (Microsoft.NETCore.App).</summary>
    public static bool IsBcl(string assembly) => File.Exists(Path.Combine(Bcl, assembly + ".dll"));
}
