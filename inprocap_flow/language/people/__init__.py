"""Whether the people of an organisation can sign what a procedure asks for, on which days, and who is needed for it."""
