using System.Globalization;
using System.Text;

namespace Resonance.Engine.Definitions;

/// <summary>Errors found in one document, and where the search stands; a path becomes text only when there is something to say.</summary>
sealed class ContractFindings
{
    /// <summary>Path of the document as a whole.</summary>
    public const string Document = "$";

    /// <summary>More would help nobody, and a hostile document could ask for millions.</summary>
    public const int Most = 100;

    readonly Stack<(string? Member, int Index)> _path = new();
    readonly Dictionary<string, List<string>> _errors = new(StringComparer.Ordinal);

    public bool None => Count == 0;

    public int Count { get; private set; }

    public bool Full => Count >= Most;

    public void Enter(string member) => _path.Push((member, 0));

    public void Enter(int index) => _path.Push((null, index));

    public void Leave() => _path.Pop();

    /// <summary>How the place is called in a sentence: its last member with the indexes after it.</summary>
    public string PlaceName
    {
        get
        {
            var place = Path;
            return place == Document ? "The document" : place[(place.LastIndexOf('.') + 1)..];
        }
    }

    public void Add(string message) => AddAt(Path, message);

    /// <param name="member">A member of the place where the search stands.</param>
    /// <param name="message">What to change.</param>
    public void AddToMember(string member, string message)
    {
        Enter(member);
        Add(message);
        Leave();
    }

    /// <returns>Always null: there is no message.</returns>
    public object? AddToDocument(string message)
    {
        AddAt(Document, message);
        return null;
    }

    public void AddAt(string path, string message)
    {
        if (Full)
            return;

        if (!_errors.TryGetValue(path, out var messages))
            _errors.Add(path, messages = []);
        messages.Add(message);
        Count++;
        if (Full)
            AddLimit();
    }

    public Dictionary<string, string[]> ToErrors() =>
        _errors.ToDictionary(error => error.Key, error => error.Value.ToArray(), StringComparer.Ordinal);

    string Path
    {
        get
        {
            if (_path.Count == 0)
                return Document;

            var text = new StringBuilder();
            foreach (var (member, index) in _path.Reverse())
            {
                if (member is null)
                    text.Append('[').Append(index.ToString(CultureInfo.InvariantCulture)).Append(']');
                else
                    text.Append(text.Length > 0 ? "." : "").Append(member);
            }

            return text.ToString();
        }
    }

    void AddLimit()
    {
        if (!_errors.TryGetValue(Document, out var messages))
            _errors.Add(Document, messages = []);
        messages.Add($"There may be more errors; the search stopped after {Most}.");
    }
}
