using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace OrleansIot.Benchmarks.Storage;

/// <summary>What can be reached from some objects, by type: counts, and bytes as the runtime lays objects out (near enough to compare).</summary>
internal sealed class HeapByType
{
    private static readonly ConcurrentDictionary<Type, FieldInfo[]> Fields = new();

    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly Stack<object> _open = new();
    private readonly Dictionary<Type, (long Count, long Bytes)> _types = [];

    public void Add(object root)
    {
        Meet(root);
        while (_open.TryPop(out var next))
            Visit(next);
    }

    /// <param name="per">Bytes are divided by it.</param>
    public void Print(int per, int most)
    {
        foreach (var (type, (count, bytes)) in _types.OrderByDescending(entry => entry.Value.Bytes).Take(most))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {(double)bytes / per,8:N0} bytes in {(double)count / per,6:N2} {Name(type)}"));
    }

    private static string Name(Type type) =>
        type.IsGenericType ? $"{type.Name}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : type.IsNested ? $"{type.DeclaringType!.Name}.{type.Name}" : type.Name;

    private void Meet(object? value)
    {
        // Neither reflection nor threads, locks and timers are of the twins.
        if (value is null or MemberInfo or Assembly or Thread or Delegate or Timer or WeakReference or Task or CancellationTokenSource || !_seen.Add(value))
            return;

        _open.Push(value);
    }

    private void Visit(object value)
    {
        var type = value.GetType();
        var bytes = 16L;
        if (value is string text)
        {
            bytes = 22 + (2L * text.Length);
        }
        else if (value is Array array)
        {
            var element = type.GetElementType()!;
            bytes = 24 + (array.LongLength * Size(element));
            if (element.IsClass || element.IsInterface || FieldsOf(element).Length > 0)
            {
                foreach (var item in array)
                    Follow(item, element);
            }
        }
        else
        {
            foreach (var field in FieldsOf(type))
            {
                bytes += Size(field.FieldType);
                if (field.FieldType.IsClass || field.FieldType.IsInterface || FieldsOf(field.FieldType).Length > 0)
                    Follow(Value(field, value), field.FieldType);
            }

            bytes = value is Lock ? 40 : Math.Max(24, bytes);
        }

        var (count, sum) = _types.GetValueOrDefault(type);
        _types[type] = (count + 1, sum + ((bytes + 7) / 8 * 8));
    }

    private void Follow(object? value, Type type)
    {
        if (value is null || type.IsPointer || type.IsPrimitive || type.IsEnum)
            return;

        if (!type.IsValueType)
        {
            Meet(value);
            return;
        }

        foreach (var field in FieldsOf(type))
        {
            if (!field.FieldType.IsPrimitive)
                Follow(Value(field, value), field.FieldType);
        }
    }

    private static object? Value(FieldInfo field, object of)
    {
        try
        {
            return field.GetValue(of);
        }
        catch (FieldAccessException)
        {
            return null; // of the runtime itself
        }
    }

    private static int Size(Type type) =>
        !type.IsValueType || type.IsPointer ? 8 : (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;

    private static FieldInfo[] FieldsOf(Type type) => Fields.GetOrAdd(type, static type =>
    {
        var fields = new List<FieldInfo>();
        for (var level = type; level is not null; level = level.BaseType)
            fields.AddRange(level == typeof(Lock) ? [] : level.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly));

        return type.IsPrimitive || type.IsPointer || type.IsByRefLike ? [] : [.. fields.Where(field => !field.FieldType.IsPointer && !field.FieldType.IsByRefLike)];
    });
}
