using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Matching.Engine.Compact;

/// <summary>Words that recur, numbered from 0 as they come, for good. One writer adds; anybody reads.</summary>
internal sealed class Vocabulary<T>
    where T : notnull
{
    private readonly ConcurrentDictionary<T, int> _numbers = new();
    private volatile T[] _words = new T[16];
    private volatile int _count;

    public int Count => _count;

    public T this[int number] => _words[number];

    /// <summary>The number of a word, which is taken in when it is new.</summary>
    public int Number(T word)
    {
        if (_numbers.TryGetValue(word, out var number))
        {
            return number;
        }

        if (_count == _words.Length)
        {
            var more = new T[_count * 2];
            _words.CopyTo(more, 0);
            _words = more;
        }

        // The word before its number: who knows the number finds the word.
        _words[_count] = word;
        _numbers[word] = _count;
        return _count++;
    }

    public bool TryFind(T word, [MaybeNullWhen(false)] out int number) => _numbers.TryGetValue(word, out number);
}
